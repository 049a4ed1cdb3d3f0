// What speaks against a substitute, and in which order substitutes are looked at.
// `objections(question, model, lostModel(question, "acme/one:free"))` is [] where a model may be taken.
//
// A saved choice's own figures come before the catalog's. An unknown price is never compared as a number, free is a
// matter of prices and never of a name, and every order is total, so that equal questions have equal answers.

import { ABILITIES, abilitiesOf, amount, costsNothing, isActive } from "./catalog.mjs";
import { isDearer, isMoving, knownAmount, legsOf, priceOf } from "./catalog.mjs";
import { baseOf, byList, lineage, partsOf, sizeOf, versionOf } from "./names.mjs";

export const DAYS = 24 * 60 * 60 * 1000;
const PAID_TIERS = ["premium", "pro", "standard", "budget"]; // dearest first
const NEVER_OFFERED = ["denied", "missing", "ending", "output"];

/** The moment that a text names, in milliseconds; a text without an offset would mean another one elsewhere. */
export function instant(text) {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!isWhole || Number.isNaN(Date.parse(text))) throw new RangeError(`time: expected an RFC 3339 one, found ${text}`);
  return Date.parse(text);
}

/** Everything known of a model that has to be replaced: as it was chosen, as it was last seen, what its id says. */
export function lostModel({ catalog, binding, needs }, id) {
  const record = catalog.model(id) ?? catalog.tombstone(id)?.lastKnown ?? null;
  const parts = partsOf(id);
  const [family, series] = record ? [record.family, record.series] : parts ? lineage(parts) : ["", ""];
  const known = binding?.abilities ?? (record ? abilitiesOf(record) : []);
  const asked = needs.abilities ?? binding?.needs?.abilities ?? null;
  const context = binding?.context ?? record?.maxContext ?? 0;
  return {
    id, record, family, series, known,
    base: baseOf(id),
    slug: (record ? record.canonicalSlug : binding?.slug) ?? null,
    variant: parts?.variant ?? null,
    isFree: binding?.isFree ?? record?.isFree ?? null,
    price: binding?.blendedPrice != null ? amount(binding.blendedPrice) : record && priceOf(record),
    abilities: asked ?? (record ? abilitiesOf(record, { isSure: true }) : known), // what a substitute must do
    context: Math.max(needs.context, binding?.needs?.context ?? 0, Math.ceil((context * 9) / 10)),
    outputs: record?.outputModalities ?? null,
  };
}

/** Everything that speaks against a substitute, gravest first. */
export function objections({ catalog, policy, permits }, model, lost, { paidIsAgreed = false } = {}) {
  const isSame = (some, others) => some.every((each) => others.includes(each));
  const outputs = model.outputModalities;
  const spoken = {
    denied: !permits(model.id),
    missing: !isActive(model),
    ending: endsSoon(catalog, model),
    output: lost.outputs !== null && !(isSame(outputs, lost.outputs) && isSame(lost.outputs, outputs)),
    abilities: !isSame(lost.abilities, abilitiesOf(model)),
    context: lost.context > (model.maxContext ?? 0),
  };
  const prices = priceObjections(policy, model, { lost, paidIsAgreed });
  return [...Object.keys(spoken).filter((name) => spoken[name]), ...prices];
}

function priceObjections(policy, model, { lost, paidIsAgreed }) {
  const after = priceOf(model);
  const isCapped = policy.priceCap !== null && (after === null || after > amount(policy.priceCap));
  const over = isCapped ? ["over_cap"] : [];
  if (costsNothing(model)) return [];
  if (lost.isFree) return paidIsAgreed && after !== null ? over : ["paid", ...over];
  if (after === null || lost.price === null) {
    const isWarned = policy.unknownPrice === "warn" && !(isCapped && after === null);
    return isWarned ? over : ["unknown_price", ...over];
  }
  const dearer = isDearer(after, lost.price, policy.priceFactor) || hasDearerLegs(policy, model, lost);
  return dearer ? ["dearer", ...over] : over;
}

/** A fee for each request is part of any call; where tokens cost nothing, every other leg is the price. */
function hasDearerLegs({ priceFactor }, model, lost) {
  const [before, after] = [lost.record === null ? new Map() : legsOf(lost.record), legsOf(model)];
  const names = [...after.keys()].filter((name) => lost.price === 0n || name === "request");
  return names.some((name) => isDearer(...[after.get(name), before.get(name) ?? "0"].map(knownAmount), priceFactor));
}

/** Whether the announced end of a model is near. */
export function endsSoon(catalog, model) {
  return model.expiresAt !== null && instant(model.expiresAt) - instant(catalog.generatedAt) <= 30 * DAYS;
}

/** Models of the family that are of the same class of variant and stand for themselves, nearest first. */
export function relatives(catalog, lost) {
  const parts = partsOf(lost.id);
  if (lost.family === "" || parts === null) return [];
  const isKin = (each) => each.family === lost.family && each.variant === lost.variant && !isMoving(each);
  const kin = catalog.models.filter((each) => isActive(each) && isKin(each));
  const distance = new Map(kin.map((model) => [model, distanceOf(catalog, model, { lost, parts })]));
  return kin.sort((one, other) => byList(distance.get(one), distance.get(other)));
}

/** Same series, same size, the smallest step of version and upwards first, nearest price, place, id. */
function distanceOf(catalog, model, { lost, parts }) {
  const own = partsOf(model.id);
  const version = versionOf(own);
  const isOlder = byList(version, versionOf(parts)) < 0;
  const padded = [...version, ...Array(Math.max(0, 8 - version.length)).fill(0)];
  const step = isOlder ? padded.map((digit) => -digit) : padded;
  const price = priceOf(model);
  const apart = price === null || lost.price === null ? null : price - lost.price;
  const cost = [apart === null, apart === null ? 0n : apart < 0n ? -apart : apart];
  const isOther = [model.series !== lost.series, sizeOf(own) !== sizeOf(parts)];
  return [...isOther, isOlder, step, ...cost, catalog.place(model.id), model.id];
}

/** The listed ones of some ids, each once. */
export const modelsOf = (catalog, ids) => [...new Set(ids)].map((id) => catalog.model(id)).filter(Boolean);

function targets(catalog, lost, tier) {
  const wanted = [...ABILITIES.filter((each) => lost.abilities.includes(each)), "any"];
  return wanted.map((ability) => catalog.autoTarget(tier, ability)).filter((target) => target !== null);
}

/** The shortlist's targets of the same price tier, then of the cheaper ones; of an unknown one cheapest first. */
export function recommended(catalog, lost) {
  const from = PAID_TIERS.indexOf(lost.record?.priceTier);
  const tiers = from < 0 ? [...PAID_TIERS].reverse() : PAID_TIERS.slice(from);
  return modelsOf(catalog, tiers.flatMap((tier) => targets(catalog, lost, tier)));
}

/** For who was free: the recommended, then every other one, best first, and the router to free ones last. */
export function freeModels(catalog, lost) {
  if (!lost.isFree) return [];
  const first = targets(catalog, lost, "free");
  const free = catalog.models.filter((each) => !isMoving(each) && costsNothing(each));
  const turn = ({ id }) => [first.includes(id) ? first.indexOf(id) : first.length, catalog.place(id), id];
  free.sort((one, other) => byList(turn(one), turn(other)));
  return [...free, ...modelsOf(catalog, ["openrouter/free"]).filter(costsNothing)];
}

/** Free models that do the same, with why; where none does, those that fall short, in fewest things first. */
export function freeOffers(question, lost) {
  const judged = freeModels(question.catalog, lost).map((each) => [each, objections(question, each, lost)]);
  const fitting = judged.filter(([, spoken]) => spoken.length === 0);
  const short = judged.filter(([, spoken]) => !isNeverOffered(spoken)).sort(([, a], [, b]) => a.length - b.length);
  return (fitting.length > 0 ? fitting : short).map(([each, spoken]) => [each, spoken[0] ?? "free"]);
}

/** Whether what speaks against a model keeps it from being shown as a choice. */
export const isNeverOffered = (spoken) => spoken.some((each) => NEVER_OFFERED.includes(each));

/** What the shortlist names for the same use, for who was not free. */
export function sameUse(catalog, lost) {
  if (lost.record === null || lost.isFree) return [];
  return modelsOf(catalog, lost.record.buckets.flatMap((name) => catalog.bucket(name)));
}
