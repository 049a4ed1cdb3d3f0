// Which model a text means, or a saved choice: pure, and the same answer for the same generation.
//
//   import { resolve } from "./resolve.mjs";
//   const answer = resolve(catalog, "sonnet", { policy: { mode: "headless" } });
//   answer.id ?? answer.candidates // the model to call, or what could be chosen; `answer.reason` says why
//
// Options are binding, needs, policy, user, backend, freshness and gone, as DEFAULTS and the vectors
// (tests/client/resolve-vectors.json) have them. Whole names are read here, in the order of the rules. What runs in
// place of a model that is gone is ladder.mjs'. Throws a RangeError for an empty text, and a time or amount that is
// none; all else is an answer. Unlike the Python client this one does not list the steps of the ladder.

import { isActive } from "./catalog.mjs";
import { instant } from "./fitness.mjs";
import { guess } from "./search.mjs";
import { judgeListed, replaceGone } from "./standing.mjs";

/** On which terms another model may run than the one that was chosen, and what belongs to the user alone. */
const DEFAULTS = {
  policy: {
    mode: "interactive", priceFactor: "1.25", priceCap: null, freeToPaid: "ask", variantChange: "auto",
    family: "auto", auto: null, unknownPrice: "block", maxHops: 8,
  },
  user: { customIds: [], aliases: {}, backends: [], allowed: [], denied: [] },
  needs: { abilities: null, context: 0 },
};
const VIRTUAL_SUFFIXES = ["nitro", "floor", "exacto", "online"]; // ways of routing to a model, not models
const SAME_NAMESPACE = ["openrouter", "gateway"]; // backends that speak the catalog's own ids
const OUTCOMES = {
  id: "exact", backend_id: "exact", custom_id: "custom", user_alias: "alias", catalog_alias: "alias",
  old_alias: "alias_moved", canonical_slug: "slug",
};

/** The model that a text stands for; `id` is null where none runs. */
export function resolve(catalog, text, options = {}) {
  const given = (name) => ({ ...DEFAULTS[name], ...options[name] });
  const [policy, user, needs] = [given("policy"), given("user"), given("needs")];
  const { binding = null, backend = "openrouter", freshness = "fresh", gone = false } = options;
  const nobodyServes = gone && binding?.effective ? [binding.effective] : []; // the substitute's call failed
  const question = { catalog, binding, policy, needs, nobodyServes, permits: (id) => permits(user, id) };
  const blank = {
    asked: text, outcome: "stopped", reason: "no_match", id: null, desired: null, confidence: "stopped", persist: "no",
    existence: "not listed", hops: 0, routeHint: null, notice: null, notes: [], candidates: [], priceBefore: null,
    priceAfter: null, lost: [], gained: [],
  };
  const typed = text.normalize("NFC").replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  if (/^\/*$/.test(typed)) throw new RangeError("model: expected an id, an alias or a word, found an empty text");
  if (/[\p{Cc}\p{Cf}]|^.{201}/su.test(typed)) return { ...blank, outcome: "not_found", reason: "unreadable" };
  const name = binding !== null && typed === binding.aliasUsed ? binding.desired : typed;
  const meant = identify(catalog, name, { user, boundAt: binding?.boundAt ?? null });
  if (meant.routeHint !== null && !SAME_NAMESPACE.includes(backend)) {
    Object.assign(meant, { routeHint: null, notes: [...meant.notes, "route_hint_dropped"] });
  }
  const isTrusted = freshness === "fresh" || freshness === "stale"; // else its silence on an id means nothing
  const silence = catalog.isComplete && isTrusted ? "not listed" : "unknown";
  const existence = catalog.model(meant.id) !== undefined ? "listed" : silence;
  Object.assign(blank, { desired: meant.id, existence, routeHint: meant.routeHint, notes: meant.notes });
  const answer = decide(question, meant, { blank, gone });
  return isTrusted && !gone && answer.id !== null ? answer : { ...answer, persist: "no" };
}

/** Whether the user's lists let a model run; a variant needs a word of its own. */
function permits({ allowed, denied }, id) {
  const names = [id, `${id.replace(/^~/, "").split("/")[0]}/*`];
  return !names.some((each) => denied.includes(each)) &&
    (allowed.length === 0 || names.some((each) => allowed.includes(each)));
}

function decide(question, meant, { blank, gone }) {
  const { catalog, binding, needs } = question;
  if (meant.kind === "cycle") return { ...blank, reason: "alias_cycle", desired: null };
  if (meant.kind === "unknown" && binding === null && !meant.isStored) return guess(question, meant.id, blank);
  if (!question.permits(meant.id)) return { ...blank, reason: "not_permitted" };
  const { id, reason } = meant;
  const runs = { ...blank, outcome: OUTCOMES[reason], reason, id, confidence: "certain", persist: "yes" };
  if (meant.kind === "custom") return { ...runs, notice: meant.notes.includes("also_listed") ? "absorbed" : null };
  if (meant.kind === "listed" && !gone) {
    const model = catalog.model(id);
    const notes = [id.startsWith("~") && "floating", !isActive(model) && "missing_from_feed"].filter(Boolean);
    const found = { ...runs, notes: [...meant.notes, ...notes] };
    const isPlain = binding === null && needs.abilities === null && needs.context === 0 && model.expiresAt === null;
    return isPlain ? found : judgeListed(question, model, found);
  }
  const isUnknown = meant.kind === "unknown" && catalog.redirect(id) === undefined;
  if (isUnknown && blank.existence === "unknown" && !gone) {
    return { ...blank, outcome: "unverified", reason: "catalog_too_old", id, confidence: "likely" };
  }
  return replaceGone(question, blank, { wasListed: !isUnknown });
}

/** Read a tidy text: the first rule that knows it decides. `boundAt` is when a stored name was chosen. */
function identify(catalog, text, { user, boundAt }) {
  const custom = new Map(user.customIds.map((id) => [id.normalize("NFC"), id]));
  const own = new Map(Object.entries(user.aliases).map(([name, target]) => [name.toLowerCase(), target]));
  const backends = [...SAME_NAMESPACE, ...user.backends.map((each) => each.toLowerCase())];
  const meant = (kind, id, reason, notes = []) => ({ kind, id, reason, notes, routeHint: null, isStored: false });
  const listed = (model, reason) => (model === undefined ? null : meant("listed", model.id, reason));
  const first = (rules, name) => rules.reduce((found, rule) => found ?? rule(name), null);
  const asAlias = (name) => name.toLowerCase().replaceAll("_", "-"); // chat commands are written with underscores
  const moves = (name) => catalog.aliasHistory.filter((each) => each.oldAlias === asAlias(name));
  const stillTheirs = (each) => boundAt !== null && instant(boundAt) < instant(each.since);

  const exact = (name) => {
    const notes = catalog.model(name) === undefined ? [] : ["also_listed"];
    return custom.has(name) ? meant("custom", custom.get(name), "custom_id", notes) : listed(catalog.model(name), "id");
  };
  const ownAlias = (name) => {
    const target = own.get(name.toLowerCase());
    if (target === undefined) return null;
    if (exact(target) === null && own.has(target.toLowerCase())) return meant("cycle", target, "alias_cycle");
    const found = first([exact, ...ofCatalog], target) ?? meant("unknown", target, "no_match");
    return { ...found, reason: found.kind === "listed" ? "user_alias" : found.reason, isStored: true };
  };
  const suffix = (name) => {
    const [, base, typedHint] = /^(.+):([^:]*)$/s.exec(name) ?? [];
    const routeHint = typedHint?.toLowerCase();
    const found = VIRTUAL_SUFFIXES.includes(routeHint) ? first(wholeName, base) : null;
    const notes = routeHint === "online" ? ["online_is_deprecated"] : [];
    return found && { ...found, routeHint, notes: [...found.notes, ...notes] };
  };
  const gone = (name) => {
    const id = catalog.tombstone(name)?.id ?? catalog.redirect(name)?.from;
    return id === undefined ? null : meant("gone", id, "id");
  };
  const backend = (name) => { // a vendor may be called like a backend: what is behind it must be a name by itself
    const [prefix, ...rest] = name.split("/");
    if (rest.length === 0 || !backends.includes(prefix.toLowerCase())) return null;
    if (rest.length > 1) return first(wholeName, rest.join("/"));
    const native = catalog.models.filter((each) => isActive(each) && each.backends[prefix.toLowerCase()] === rest[0]);
    return native.length === 1 ? listed(native[0], "backend_id") : null;
  };
  const alias = (name) =>
    moves(name).some(stillTheirs) ? null : listed(catalog.byAlias.get(asAlias(name)), "catalog_alias");
  const formerAlias = (name) => { // whose it was when a stored name was chosen, or last
    const inTime = moves(name).sort((one, other) => instant(one.since) - instant(other.since));
    const owner = (inTime.find(stillTheirs) ?? inTime.at(-1))?.modelId;
    if (owner !== undefined) return listed(catalog.model(owner), "old_alias") ?? meant("gone", owner, "old_alias");
    const stone = catalog.goneAliases.get(asAlias(name));
    return stone === undefined ? null : meant("gone", stone.id, "catalog_alias");
  };
  const slug = (name) => {
    const [, base, variant] = /^([^:]*):?(.*)$/s.exec(name.toLowerCase());
    const same = catalog.ofSlug(base, variant || null);
    return same.length === 1 ? listed(same[0], "canonical_slug") : null;
  };
  const wholeName = [exact, gone, alias, formerAlias, slug];
  const ofCatalog = [suffix, gone, backend, alias, formerAlias, slug];
  const typed = custom.has(text) ? text : text.replace(/^\//, "");
  return first([exact, ownAlias, ...ofCatalog], typed) ?? meant("unknown", typed, "no_match");
}
