// What one published generation says: which models are listed, which are gone and where they lead, and what they cost.
//
//   catalog.model("anthropic/claude-sonnet-5")?.cost, catalog.bucket("coding").map((id) => catalog.model(id))
//
// A model is the published record itself. Records come from strangers: show them with textContent, never as HTML.
// Money is a decimal text; it is compared as a whole number of tiny parts (BigInt), never as a float.

const index = (list, keyOf) => new Map([...list].reverse().map((each) => [keyOf(each), each])); // the first one stays

export class Catalog {
  /** The view of parsed documents by name: `current` or `curated`, and what else there is of the set. */
  constructor({ manifest, current, curated, deprecations }) {
    const listing = current ?? curated;
    this.isComplete = current !== undefined; // of a shortlist alone nobody can say that an id is not listed
    this.generation = (manifest ?? listing).generation;
    this.generatedAt = (manifest ?? listing).generatedAt; // the present time of whatever is decided by it
    this.byId = index(listing.models, (each) => each.id);
    this.models = listing.models.filter((each) => this.byId.get(each.id) === each);
    this.curated = curated ?? {};
    this.aliasHistory = deprecations?.aliasHistory ?? [];
    const stones = (deprecations?.tombstones ?? []).filter((each) => !this.byId.has(each.id)); // some came back
    this.bySpelling = index(this.models, (each) => each.id.toLowerCase());
    this.byAlias = index(this.models, (each) => each.alias);
    this.tombstones = index(stones, (each) => each.id.toLowerCase());
    this.goneAliases = index(stones, (each) => each.lastKnown.alias);
    this.redirects = index(deprecations?.redirects ?? [], (each) => each.from.toLowerCase());
    this.places = new Map(this.#inShortlistOrder().map((id, place) => [id, place]));
  }

  /** The listed model of an id, in any case of letters. */
  model(id) {
    return this.byId.get(id) ?? this.bySpelling.get(id.toLowerCase());
  }

  /** What is remembered of an id that is gone, and where it leads: `to` may be "auto". */
  tombstone(id) {
    return this.tombstones.get(id.toLowerCase());
  }

  redirect(id) {
    return this.redirects.get(id.toLowerCase());
  }

  /** Active models of a permanent slug in lower case, of one variant (null: of none). */
  ofSlug(slug, variant) {
    const isSame = (each) => each.canonicalSlug?.toLowerCase() === slug && each.variant === variant;
    return this.models.filter((each) => isActive(each) && isSame(each));
  }

  /** The ids of one bucket of the shortlist, best first. */
  bucket(name) {
    return (this.curated.buckets?.[name]?.models ?? []).map((entry) => entry.id);
  }

  /** The shortlist's answer to "auto" for a price tier and an ability. */
  autoTarget(tier, ability) {
    return this.curated.autoTargets?.[tier]?.[ability] ?? null;
  }

  /** Place in the shortlist, from 0; behind its end where it is not in it. */
  place(id) {
    return this.places.get(id) ?? this.places.size;
  }

  /** The best models of all buckets first, then the second best: as people look at a shortlist. */
  #inShortlistOrder() {
    const buckets = Object.keys(this.curated.buckets ?? {}).sort().map((name) => this.bucket(name));
    const depth = Math.max(0, ...buckets.map((ids) => ids.length));
    const rows = Array.from({ length: depth }, (_, place) => buckets.flatMap((ids) => ids.slice(place, place + 1)));
    return [...new Set(rows.flat())];
  }
}

/** Whether the last feed had it. */
export const isActive = (model) => model.state === "active";

/** Whether other models stand behind it: a router, or a `~…-latest` pointer. */
export const isMoving = (model) => model.isRouter || model.id.startsWith("~");

/** A model that could be chosen, why it was not, and its price for people. */
export const candidate = (model, why) => ({ id: model.id, why, cost: model.cost });

/** The flag that tells each ability, in the order in which abilities are looked at. */
const FLAGS = {
  tools: "supportsTools", vision: "supportsVision", structuredOutput: "structuredOutput", reasoning: "reasoning",
};
export const ABILITIES = Object.keys(FLAGS);

/** What a model does for certain; with `isSure`, without what only a pattern of names said. */
export function abilitiesOf(model, { isSure = false } = {}) {
  const does = (flag) => model[flag] !== null && model[flag] !== false && model[flag] !== "none";
  const isGuessed = (flag) => isSure && model.detectionSource[flag] === "heuristic";
  return ABILITIES.filter((each) => does(FLAGS[each]) && !isGuessed(FLAGS[each]));
}

const PLACES = 60; // decimal places that an amount is kept with; the longest published price has 40 characters
const DECIMAL = /^(\d+)(?:\.(\d{1,58}))?$/; // two places are left, so that a quarter of it is exact

/** The amount in a decimal text, as a whole number of parts of 10 ** -60. */
export function amount(text) {
  const found = DECIMAL.exec(text);
  if (found === null) throw new RangeError(`amount: expected one like 0.25, found ${JSON.stringify(text)}`);
  return BigInt(found[1] + (found[2] ?? "").padEnd(PLACES, "0"));
}

/** The amount in plain notation without trailing zeros; null stands for an unknown one. */
export function amountText(parts) {
  const digits = parts?.toString().padStart(PLACES + 1, "0");
  return digits === undefined ? null : `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, "");
}

/** The amount of a published price; null where it is none: one bad number breaks no question about the others. */
export const knownAmount = (text) => (typeof text === "string" && DECIMAL.test(text) ? amount(text) : null);

/** Whether an amount is above what a factor (a decimal text) lets another grow to; one that nobody knows is. */
export const isDearer = (after, before, factor) =>
  after === null || before === null || after * amount("1") > before * amount(factor);

/** One price to compare by, USD per million tokens: three parts prompt, one part completion; null where unknown. */
export function priceOf({ pricing, pricingStatus }) {
  const [prompt, completion] = [pricing.promptPerMillion, pricing.completionPerMillion].map(knownAmount);
  if (!["priced", "free"].includes(pricingStatus) || prompt === null || completion === null) return null;
  return (3n * prompt + completion) / 4n;
}

const NO_LEGS = ["perUnit", "overrides", "raw", "minPromptTokens", "utcStart", "utcEnd", "other"];
const tokenLegs = (prices) => Object.entries(prices).filter(([name]) => !NO_LEGS.includes(name));

/** Every price that a model states at all times, by its name. */
export const legsOf = ({ pricing }) => new Map([...tokenLegs(pricing), ...Object.entries(pricing.perUnit)]);

/** Whether a model is free by every price that it states, under any condition; a name says nothing of it. */
export function costsNothing(model) {
  const conditional = model.pricing.overrides.flatMap((each) => tokenLegs(each));
  return model.isFree && [...legsOf(model), ...conditional].every(([, price]) => knownAmount(price) === 0n);
}
