// What names say by themselves: the parts, line, version and size in an id.
//
//   partsOf("acme/one-7b:free").variant, sizeOf(partsOf("acme/one-7b")), lineage(partsOf("acme/one-7b"))
//
// Names follow habits, not rules: what is read here orders models, and never decides a flag or a price.

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

/** Order of two lists, part by part; a list within one is such a part. */
export function byList(one, other) {
  for (const [at, part] of one.slice(0, other.length).entries()) {
    const order = Array.isArray(part) ? byList(part, other[at]) : Number(part > other[at]) - Number(part < other[at]);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}
