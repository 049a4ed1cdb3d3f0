// Does with the examples what a test asks for: one JSON object a line in, one answer a line out, until the input ends.
//
// {documents} is the catalog of the questions that follow; {text, …} is a question; {open, kept} opens a catalog with
// what a cache has of it, and answers with what the cache has afterwards; {read} is an id, of which everything is told.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[2]}/`);
const { Catalog } = await import(new URL("catalog.mjs", folder));
const { lineage, partsOf, sizeOf, versionOf } = await import(new URL("names.mjs", folder));
const { openCatalog } = await import(new URL("modelsync.mjs", folder));
const { resolve } = await import(new URL("resolve.mjs", folder));

let catalog = null;

function answered({ text, ...options }) {
  try {
    const found = resolve(catalog, text, options);
    return { ...found, candidates: found.candidates.map(({ id, why, cost }) => [id, why, cost]) };
  } catch (error) {
    return error instanceof RangeError ? { error: "usage" } : { crashed: error.stack };
  }
}

/** A cache that holds what it is told to hold; a full one keeps nothing more. */
function cacheOf(kept, isFull) {
  const cache = new Map(Object.entries(kept));
  return isFull ? { get: (key) => cache.get(key), set: () => { throw new Error("the cache is full"); } } : cache;
}

async function opened({ open, kept, isFull = false }) {
  const cache = cacheOf(kept, isFull);
  try {
    const found = await openCatalog(open, { cache });
    catalog = found.catalog;
    const kept = isFull ? {} : Object.fromEntries(cache);
    return { status: found.status, error: found.error?.message ?? null, generation: catalog.generation, kept };
  } catch (error) {
    return { status: error.status, error: error.message, generation: null, kept: Object.fromEntries(cache) };
  }
}

function read(id) {
  const parts = partsOf(id);
  const said = parts && { lineage: lineage(parts), version: versionOf(parts), size: sizeOf(parts) };
  return { parts: said, place: catalog?.place(id) ?? null };
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.documents) catalog = new Catalog(asked.documents);
  const answer = asked.read ? read(asked.read) : asked.open ? await opened(asked) : "text" in asked ? answered(asked) : {};
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
