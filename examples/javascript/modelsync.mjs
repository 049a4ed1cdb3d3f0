// Opens the published model catalog: fetches, verifies and keeps it. What it says is catalog.mjs'.
//
//   import { openCatalog } from "./modelsync.mjs";
//   const { catalog, status, error } = await openCatalog("https://models.example.org/models", { cache: new Map() });
//
// For browsers (https or localhost, which have crypto.subtle) and Node 18 or newer; no dependencies. `cache` has
// get(key) and set(key, text), which may be asynchronous: a Map, or a few lines around localStorage (page.html).
//
// A catalog that was good is never exchanged for one of an older generation, of a newer schema, with bytes that are
// not the manifest's, or of fewer than half of its active models: then `error` says why, and the kept one is given.

import { Catalog, isActive } from "./catalog.mjs";
import { sound } from "./entries.mjs";

const DOCUMENTS = ["current", "curated", "deprecations"];
const LONGEST_MANIFEST = 262144; // bytes; of a document the manifest says how many
const KEY = /^[\w~=-][\w.~=-]*(\/[\w~=-][\w.~=-]*)*$/; // plain segments: no key leads out of the catalog
const { subtle } = globalThis.crypto ?? (await import("node:crypto")).webcrypto; // Node 18 has no global one

/** Why a catalog was not taken; `status` is the word for it. */
export class CatalogError extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** The catalog published below `base`, or the kept one; throws a CatalogError only where there is neither. */
export async function openCatalog(base, { cache = new Map(), fetch = globalThis.fetch } = {}) {
  const root = base.replace(/\/*$/, "/");
  const kept = await keptSet(cache, root);
  try {
    const found = await publishedSet(root, kept, fetch);
    if (found === kept) return { catalog: new Catalog(kept.documents), status: "unchanged", error: null };
    return { catalog: new Catalog(found.documents), status: "changed", error: await keep(cache, root, found) };
  } catch (failure) {
    const error = failure instanceof CatalogError ? failure : new CatalogError("unavailable", `${root}: ${failure}`);
    if (kept === null) throw error;
    return { catalog: new Catalog(kept.documents), status: error.status, error };
  }
}

/** What the cache has, checked like anything else; null where that is nothing, or damaged. */
async function keptSet(cache, root) {
  try {
    const { etag, texts } = JSON.parse(await cache.get(root));
    return await verifiedSet(etag, texts.manifest, (entry, name) => texts[name]);
  } catch {
    return null;
  }
}

/** Null, or the error of a cache that is full: what was just fetched is good all the same. */
async function keep(cache, root, { etag, texts }) {
  try {
    await cache.set(root, JSON.stringify({ etag, texts }));
    return null;
  } catch (error) {
    return error;
  }
}

/** What the server has: one conditional request, then only documents whose digest is another one. */
async function publishedSet(root, kept, fetch) {
  const ask = (key, headers) => fetch(root + key, { headers, signal: AbortSignal.timeout(30_000) });
  const url = "openrouter/manifest.json";
  const answer = await ask(url, kept?.etag ? { "If-None-Match": kept.etag } : {});
  if (answer.status === 304 && kept !== null) return kept;
  const text = await textOf(answer, url, LONGEST_MANIFEST);
  if (text === kept?.texts.manifest) return kept;
  const found = await verifiedSet(answer.headers.get("ETag"), text, async (entry, name) => {
    const same = kept?.documents.manifest.documents[name]?.sha256 === entry.sha256;
    return same ? kept.texts[name] : textOf(await ask(entry.key), entry.key, entry.bytes);
  }, kept?.documents.manifest.generation);
  const before = kept === null ? 0 : activeCount(kept.documents);
  const active = activeCount(found.documents);
  if (active > 0 && active * 2 >= before) return found;
  throw new CatalogError("suspicious_feed", `current: found ${active} active models, expected half of ${before}`);
}

const activeCount = (documents) => documents.current.models.filter(isActive).length;

/** The body of a good answer, of which no more is read than `most` bytes; of bytes that are no UTF-8 another text. */
async function textOf(answer, where, most) {
  if (answer.status !== 200) throw new CatalogError("unavailable", `${where}: found status ${answer.status}, not 200`);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const reader = answer.body.getReader();
  let [text, size] = ["", 0];
  for (let { done, value } = await reader.read(); !done; ({ done, value } = await reader.read())) {
    size += value.length;
    if (!(size <= most)) {
      await reader.cancel();
      throw new CatalogError("damaged", `${where}: found more than ${most} bytes, expected no more`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** The documents that a manifest names, every one held against its length and SHA-256. */
async function verifiedSet(etag, manifestText, bodyOf, oldest = 0) {
  const manifest = parsed(manifestText, "manifest");
  if (!Number.isSafeInteger(manifest.generation) || !manifest.documents?.current) {
    throw new CatalogError("damaged", "manifest: found no generation, or no current, expected both");
  }
  if (manifest.generation < oldest) {
    const found = `manifest: found generation ${manifest.generation}, expected ${oldest} or later`;
    throw new CatalogError("rolled_back_upstream", found);
  }
  const texts = { manifest: manifestText };
  const documents = { manifest };
  for (const name of DOCUMENTS.filter((each) => each in manifest.documents)) {
    const entry = manifest.documents[name];
    if (!KEY.test(entry.key ?? "")) throw new CatalogError("damaged", `manifest: ${name}: found no plain key`);
    texts[name] = await bodyOf(entry, name);
    const bytes = new TextEncoder().encode(texts[name]);
    const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
    const digest = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (bytes.length !== entry.bytes || digest !== entry.sha256) {
      throw new CatalogError("damaged", `${entry.key}: found other bytes than the manifest says`);
    }
    documents[name] = sound(name, parsed(texts[name], entry.key));
    if (documents[name] === null || documents[name].generation !== entry.generation) {
      throw new CatalogError("damaged", `${entry.key}: found no entries that can be read, or another generation`);
    }
  }
  return { etag, texts, documents };
}

/** The document in a text, of a schema that this reader knows. */
function parsed(text, where) {
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    // Said below, with whatever else is no document.
  }
  const major = /^(\d+)\.\d+$/.exec(document?.schemaVersion)?.[1];
  if (major === undefined) throw new CatalogError("damaged", `${where}: found no document with a schemaVersion`);
  if (major !== "1") throw new CatalogError("schema_too_new", `${where}: found schema ${major}, expected 1`);
  return document;
}
