// Models for what somebody typed: by letters, by words, by a part of a name; misspelt, or by resemblance.
//
//   find(catalog, "sonnet 5")?.models, suggest(catalog, "claude-sonet", 5)
//
// Nothing here decides that a model is meant: what is misspelt or resembles a name is only ever suggested.

import { candidate, isActive } from "./catalog.mjs";
import { byList } from "./names.mjs";

const WORD = /(?<![a-z0-9])(?<![a-z0-9]\.)[a-z]{3,}(?!\.?[a-z0-9])/g; // letters alone: other digits are another model

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

/** Whom the text means if it is misspelt, and behind them whom it resembles most. */
export function suggest(catalog, text, most) {
  const corrected = correctedBy(catalog.models, text);
  const meant = (corrected === null ? null : find(catalog, corrected))?.models ?? [];
  meant.sort((a, b) => catalog.place(a.id) - catalog.place(b.id)); // the newest first within a place
  return [...new Set([...meant, ...resembling(catalog, text)])].slice(0, most);
}

/** The text with its misspelt words put right, by the words of all names; null where that changes nothing. */
function correctedBy(models, text) {
  const lowered = text.toLowerCase();
  if (/[^\0-\x7f]/.test(lowered)) return null;
  const namesWith = new Map();
  for (const word of models.flatMap((model) => `${model.id}\n${model.alias}`.toLowerCase().match(WORD) ?? [])) {
    namesWith.set(word, (namesWith.get(word) ?? 0) + 1);
  }
  const nearest = (word) => {
    const near = [...namesWith].filter(([known]) => isOneSlip(word, known)).map(([known, count]) => [-count, known]);
    return near.sort(byList)[0]?.[1] ?? word;
  };
  const corrected = lowered.replace(WORD, (word) => (namesWith.has(word) ? word : nearest(word)));
  return corrected === lowered ? null : corrected;
}

/** Whether one letter more, less or different, or one exchange of neighbours, makes one word of another. */
function isOneSlip(word, other) {
  let start = 0;
  while (start < word.length && word[start] === other[start]) start += 1;
  const [one, two] = [word.slice(start), other.slice(start)];
  if (one === two) return false;
  const isExchange = one.length > 1 && one[0] === two[1] && one[1] === two[0] && one.slice(2) === two.slice(2);
  return one.slice(1) === two.slice(1) || one.slice(1) === two || one === two.slice(1) || isExchange;
}

/** The models whose names resemble a text, by the share of common pairs of letters; never one called so. */
function resembling(catalog, text) {
  const others = meantBy(catalog, wordsOf(text)).filter((model) => model.id.toLowerCase() !== text.toLowerCase());
  const letters = lettersOf(text);
  const scored = others.map((model) => [-Math.max(...namesOf(model).map((name) => alike(letters, name))), model]);
  const near = scored.filter(([score]) => score <= -450);
  const order = ([score, model]) => [score, catalog.place(model.id), model.id];
  return near.sort((a, b) => byList(order(a), order(b))).map(([, model]) => model);
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
