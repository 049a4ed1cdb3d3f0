// What names say by themselves: the parts, line, version and size in an id, and whom a text resembles.
//
//   partsOf("acme/one-7b:free").variant, find(catalog, "sonnet 5").models, suggest(catalog, "claude-sonet", 5)
//
// Names follow habits, not rules: what is read here orders and suggests models, and never decides a flag or a price.

import { candidate, isActive } from "./catalog.mjs";

const SEGMENT = "[A-Za-z0-9][A-Za-z0-9._+@-]*";
const ID = new RegExp(`^(~?)(?:(${SEGMENT})/)?((?:${SEGMENT}/)*${SEGMENT})(?::(${SEGMENT}))?$`);

const [MONTH, DAY, YEAR] = ["(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12]\\d|3[01])", "20[2-9]\\d"];
const DATES = [
  `${YEAR}${MONTH}${DAY}`, `${YEAR}-${MONTH}(?:-${DAY})?`, `${MONTH}-${YEAR}`, `${MONTH}-${DAY}`, `${MONTH}${DAY}`,
  `2[3-9]${MONTH}`,
];
const DATE_TAG = new RegExp(`[-@](?:${DATES.join("|")})(?![^-])`, "g");
const WORD = /(?<![a-z0-9.])(?![ae]\d+(?:\.\d+)?b(?![a-z0-9]))[a-z]+/g;
const FOREIGN_BASE = /^(deepseek|llama|mistral|qwen)(?![a-z])/;
const OWN_WORD = /(?<![a-z0-9.])(?!(?:deepseek|llama|mistral|qwen)(?![a-z]))[a-z]{3,}/g;
const NO_LINE = "alpha beta chat exp experimental high instruct it latest preview think thinking v".split(" ");
const SIZE = /(?<![a-z0-9.])e?(?:(\d+)x)?(\d+(?:\.\d+)?b|\d+t|\d{2,}m)(?![a-z0-9.])/;
const BILLIONS = { m: 0.001, b: 1, t: 1000 };
const VERSION =
  /(?:^|[-_]|[a-z]\.?)(\d{1,2}(?:\.\d{1,2})*)(?![\d.]|x\d|[bkmt](?![a-z0-9]))(?:-(\d)(?![a-z0-9.]))?/;

/** An id taken apart; null for a text that is none. */
export function partsOf(id) {
  const found = id.length <= 200 && !id.includes("..") ? ID.exec(id) : null;
  if (found === null) return null;
  return { vendor: (found[2] ?? "").toLowerCase(), slug: found[3], variant: found[4] ?? null };
}

/** The id without `~` and variant: what a model and its variants have in common. */
export const baseOf = (id) => id.replace(/^~/, "").split(":")[0];

/** Family and series of a model of which nothing but its id is known: "anthropic/claude", "anthropic/claude-haiku". */
export function lineage(parts) {
  const name = ownName(parts);
  const found = (name.match(WORD) ?? []).filter((each) => !NO_LINE.includes(each));
  const words = found.length > 0 ? found : [name];
  return [words[0], words.join("-")].map((line) => (parts.vendor ? `${parts.vendor}/${line}` : line));
}

/** The generation in a name, a fraction digit by digit as vendors count: 4.20 is before 4.3; [] where it has none. */
export function versionOf(parts) {
  const found = VERSION.exec(ownName(parts));
  if (found === null) return [];
  const [whole, ...fractions] = found[1].split(".");
  return [Number(whole), ...Array.from(fractions.join("") + (found[2] ?? ""), Number)];
}

/** The nearest power of two of the parameters in billions; null where the name does not say. */
export function sizeOf(parts) {
  const found = SIZE.exec(parts.slug.split("/").pop().toLowerCase());
  const billions = found && Number(found[1] ?? 1) * Number(found[2].slice(0, -1)) * BILLIONS[found[2].slice(-1)];
  return billions ? Math.round(Math.log2(billions)) : null;
}

/** The undated name from the vendor's own line on: nemotron-70b of nvidia/llama-3.1-nemotron-70b. */
function ownName({ vendor, slug }) {
  const name = slug.split("/").pop().toLowerCase().replace(DATE_TAG, "");
  const base = vendor && FOREIGN_BASE.exec(name)?.[1];
  if (!base || vendor.includes(base)) return name;
  const own = [...name.matchAll(OWN_WORD)].find(([word]) => !NO_LINE.includes(word));
  return own === undefined ? name : name.slice(own.index);
}

const lettersOf = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "");
const wordsOf = (text) =>
  (text.toLowerCase().match(/[a-z0-9.]+/g) ?? []).map((each) => each.replace(/^\.+|\.+$/g, "")).filter(Boolean);
const namesOf = (model) => [model.id, model.id.replace(/^[^/]*\/(?=.)/, ""), model.alias].map(lettersOf);

/** Active models, but for variants, routers and pointers that the words do not name: nobody means them by a family. */
function meantBy(catalog, words) {
  const isMeant = (model) => {
    if (model.id.startsWith("~")) return words.includes("latest");
    if (model.isRouter) return words.includes("openrouter") || words.includes("router");
    return model.variant === null || words.includes(model.variant);
  };
  return catalog.models.filter((model) => isActive(model) && isMeant(model));
}

/** The models that a text fits in the best way in which it fits any, newest first; null where it is part of no name. */
export function find(catalog, text) {
  const [letters, words] = [lettersOf(text), wordsOf(text)];
  const fits = {
    letters: (model) => namesOf(model).includes(letters),
    words: (model) => words.every((each) => wordsOf(model.id).includes(each) || wordsOf(model.alias).includes(each)),
    part: (model) => lettersOf(model.id).includes(letters),
  };
  const kinds = letters === "" ? [] : Object.keys(fits);
  const matches = kinds.map((kind) => ({ kind, models: meantBy(catalog, words).filter(fits[kind]) }));
  const newestFirst = (a, b) => byList([b.createdAt ?? "", a.id], [a.createdAt ?? "", b.id]);
  const match = matches.find(({ models }) => models.length > 0);
  return match === undefined ? null : { ...match, models: match.models.sort(newestFirst) };
}

/** The models whose names resemble a text most, by the share of common pairs of letters; never one called so. */
export function suggest(catalog, text, most) {
  const others = meantBy(catalog, wordsOf(text)).filter((model) => model.id.toLowerCase() !== text.toLowerCase());
  const letters = lettersOf(text);
  const scored = others.map((model) => [-Math.max(...namesOf(model).map((name) => alike(letters, name))), model]);
  const near = scored.filter(([score]) => score <= -450);
  const order = ([score, model]) => [score, catalog.place(model.id), model.id];
  return near.sort((a, b) => byList(order(a), order(b))).slice(0, most).map(([, model]) => model);
}

/** Whom a text that names nothing may mean: taken where only one can be meant and somebody sees it, else shown. */
export function guess({ catalog, policy, permits: isPermitted }, text, blank) {
  const match = find(catalog, text);
  const models = (match?.models ?? []).filter((model) => isPermitted(model.id));
  if (models.length > 1) {
    const candidates = models.slice(0, 10).map((model) => candidate(model, "matches"));
    return { ...blank, outcome: "ambiguous", reason: "several_match", desired: null, candidates };
  }
  const reason = { letters: "same_letters", words: "unique_words" }[match?.kind];
  if (models.length === 1 && reason !== undefined && policy.mode === "interactive") {
    const [{ id }] = models;
    const kept = { confidence: "likely", persist: "after_ack", existence: "listed" };
    return { ...blank, outcome: "matched", reason, id, desired: id, ...kept };
  }
  const near = suggest(catalog, text, 5).filter((model) => isPermitted(model.id));
  const shown = [...new Set([...models, ...near])].slice(0, 5);
  const candidates = shown.map((model) => candidate(model, "resembles"));
  return { ...blank, outcome: "not_found", desired: null, candidates };
}

/** How much two names are alike, in whole thousandths. */
function alike(one, other) {
  const [ours, theirs] = [one, other].map((name) => new Set(Array.from(name.slice(1), (next, at) => name[at] + next)));
  const common = [...ours].filter((pair) => theirs.has(pair)).length;
  return common === 0 ? 0 : Math.floor((2000 * common) / (ours.size + theirs.size));
}

/** Order of two lists, part by part; a list within one is such a part. */
export function byList(one, other) {
  for (const [at, part] of one.slice(0, other.length).entries()) {
    const order = Array.isArray(part) ? byList(part, other[at]) : Number(part > other[at]) - Number(part < other[at]);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}
