// Which entries of the published documents can be read; whatever else they say is no fault.
//
//   const { models } = sound("current", JSON.parse(text)) // null where the document is bad as a whole
//
// An entry that lacks what is read, or has it as something else, is left out: one bad record breaks no question about
// the others. Of two models with one id the first stays. Prices are not judged here: one that is none is unknown.

const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isCount = (value) => Number.isInteger(value) && value >= 0;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value) => isText(value) && /^[!-~]{1,200}$/.test(value); // no blanks, nothing unseen
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const isTime = (value) => isText(value) && TIME.test(value) && !Number.isNaN(Date.parse(value));
const orNull = (holds) => (value) => value === null || holds(value);
const listOf = (holds) => (value) => Array.isArray(value) && value.every((each) => holds(each));
const objectOf = (holds) => (value) => isObject(value) && Object.values(value).every((each) => holds(each));
const members = (names, holds) => Object.fromEntries(names.split(" ").map((name) => [name, holds]));
const fits = (rules) => (value) => isObject(value) && Object.keys(rules).every((name) => rules[name](value[name]));

const FLAGS = "supportsVision supportsTools structuredOutput jsonMode isImageGen";
const isSources = (value) =>
  objectOf(orNull(isText))(value) && `${FLAGS} reasoning isFree`.split(" ").every((name) => name in value);

const MODEL = {
  id: isId,
  ...members("name vendor family series alias cost pricingStatus reasoning state", isText),
  ...members("canonicalSlug variant aliasTarget priceTier", orNull(isText)),
  ...members("createdAt missingSince expiresAt", orNull(isTime)),
  ...members("maxContext maxOutput", orNull(isCount)),
  ...members("isRouter isFree", isFlag),
  ...members(FLAGS, orNull(isFlag)),
  ...members("inputModalities outputModalities supportedParameters buckets", listOf(isText)),
  pricing: fits({ perUnit: isObject, overrides: listOf(isObject), raw: isObject }),
  pendingPricing: orNull(isObject),
  detectionSource: isSources,
  backends: objectOf(isText),
};
const STONE = {
  id: isId,
  ...members("state cause", isText),
  ...members("firstSeen missingSince deprecatedAt", isTime),
  removedAt: orNull(isTime),
  lastKnown: fits(MODEL),
};
const LISTS = {
  current: { models: MODEL },
  curated: { models: MODEL },
  deprecations: {
    tombstones: STONE,
    redirects: { from: isId, to: isId, kind: isText },
    aliasHistory: { oldAlias: isText, modelId: isId, since: isTime },
  },
};
const isShortlist = fits({
  buckets: objectOf(fits({ models: listOf(fits({ id: isId })) })),
  autoTargets: objectOf(objectOf(orNull(isId))),
});

/** The document of that name as it can be read; null where a list is none, or nothing of it can be read. */
export function sound(name, document) {
  const kept = {};
  for (const [member, rules] of Object.entries(LISTS[name])) {
    const entries = document[member];
    if (!Array.isArray(entries)) return null;
    const ids = new Set();
    const isFirst = ({ id }) => rules !== MODEL || (!ids.has(id) && ids.add(id));
    kept[member] = entries.filter((entry) => fits(rules)(entry) && isFirst(entry));
    if (kept[member].length === 0 && entries.length > 0) return null;
  }
  return name !== "curated" || isShortlist(document) ? { ...document, ...kept } : null;
}
