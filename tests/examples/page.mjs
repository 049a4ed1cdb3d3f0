// As much of a browser as the page needs: runs the script of page.html, then prints what the page holds as JSON.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [page, origin] = process.argv.slice(2);

/** An element: what was set as text, and the children; anything else that is set or asked of it is an error. */
class Element {
  constructor(name) {
    Object.assign(this, { name, textContent: "", children: [] });
    Object.seal(this);
  }

  append(...children) {
    this.children.push(...children);
  }
}

const parts = { main: new Element("main"), "[role=status]": new Element("p") };
const stored = new Map();
globalThis.location = { origin };
globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, text) => stored.set(key, text) };
globalThis.document = {
  createElement: (name) => new Element(name),
  querySelector: (selector) => parts[selector],
};

const [, script] = /<script type="module">(.*)<\/script>/s.exec(readFileSync(page, "utf8"));
const reader = new URL("modelsync.mjs", pathToFileURL(page));
const folder = mkdtempSync(join(tmpdir(), "page-"));
try {
  writeFileSync(join(folder, "page.mjs"), script.replace("./modelsync.mjs", reader.href));
  await import(pathToFileURL(join(folder, "page.mjs")));
} finally {
  rmSync(folder, { recursive: true });
}
console.log(JSON.stringify({ status: parts["[role=status]"].textContent, main: parts.main, stored: [...stored.keys()] }));
