// How a choice stands: a listed model against what was agreed to when it was chosen, and one that is gone.
//
// An unchanged id is not an unchanged price. Where a model that was free when it was chosen charges now, nobody pays
// without consent: the answer is a question, or a stop where there is nobody to ask. Every other change of a listed
// model is told, not prevented. resolve.mjs asks this; nothing else needs to.

import { abilitiesOf, amountText, candidate, costsNothing, isDearer, priceOf } from "./catalog.mjs";
import { DAYS, endsSoon, instant, lostModel, objections } from "./fitness.mjs";
import { Ladder, asking } from "./ladder.mjs";

/** A listed model with what its user has to know; `found` is the answer if nothing changed. */
export function judgeListed(question, model, found) {
  const { catalog, binding, needs, policy } = question;
  const lost = lostModel(question, model.id);
  const agreed = policy.freeToPaid === "allow" ? { ...lost, abilities: [], context: 0 } : null;
  const spoken = agreed && objections(question, model, agreed, { paidIsAgreed: true });
  const charges = binding?.isFree === true && !costsNothing(model);
  const ended = charges && (spoken === null || spoken.includes("over_cap") || spoken.includes("paid"));
  const running = runsOn(question, lost, { ended });
  if (running !== null) {
    const reason = ended ? "returned_paid" : "returned_late";
    const kept = { outcome: "kept", reason, id: running.id, persist: "no", notice: "back" };
    return { ...withPrices(found, lost, running), ...kept };
  }
  if (ended) return freeEnded(question, model, { lost, found });
  const wanted = needs.abilities ?? binding?.needs?.abilities ?? [];
  const lacks = wanted.filter((each) => !abilitiesOf(model).includes(each)).sort();
  const [before, after] = [binding?.blendedPrice == null ? null : lost.price, priceOf(model)];
  const notices = {
    free_ended: charges,
    price_up: before !== null && after !== null && isDearer(after, before, policy.priceFactor),
    capability_lost: lacks.length > 0 && binding !== null,
    back: (binding?.effective ?? model.id) !== model.id,
    expiring: endsSoon(catalog, model),
  };
  const notice = Object.keys(notices).find((name) => notices[name]) ?? null;
  const notes = [...found.notes, ...lacks.map((each) => `lacks_${each}`)];
  return { ...withPrices(found, lost, model), notice, notes, lost: lacks, gained: [] };
}

/** What replaced a model and runs on when that comes back late, or for money; null where the model runs again. */
function runsOn(question, lost, { ended }) {
  const { catalog, binding } = question;
  if (binding?.effective == null || binding.substitutedAt == null) return null;
  const isBackInTime = instant(catalog.generatedAt) - instant(binding.substitutedAt) <= 30 * DAYS;
  const running = catalog.model(binding.effective);
  if (running === undefined || running.id === lost.id || (isBackInTime && !ended)) return null;
  return objections(question, running, lost).length === 0 ? running : null;
}

/** The question, or the stop, where a model was free when it was chosen and charges now. */
function freeEnded(question, model, { lost, found }) {
  const { policy } = question;
  const asks = policy.mode === "interactive" && policy.freeToPaid !== "never";
  const candidates = [...new Ladder(question, lost).allThatFits().slice(0, 9), candidate(model, "paid")];
  return {
    ...withPrices(found, lost, model), candidates, outcome: asks ? "needs_consent" : "stopped", reason: "free_ended",
    id: null, confidence: "stopped", persist: "no", notice: "free_ended",
  };
}

/** What runs instead of a model that is gone, and where nothing does what could. */
export function replaceGone(question, blank, { wasListed }) {
  const { binding, policy } = question;
  const lost = lostModel(question, blank.desired);
  const ladder = new Ladder(question, lost);
  const found = ladder.climb() ?? (ladder.offers.size > 0 && policy.mode === "interactive"
    ? asking("offers_only")
    : { ...asking(wasListed ? "nothing_fits" : "never_listed"), outcome: "stopped" });
  const { model, outcome, reason, persist, hops } = found;
  const notes = [...blank.notes, ...ladder.notes, ...found.notes];
  const answer = { ...blank, outcome, reason, hops, notes };
  if (model === null) {
    const notice = lost.isFree && outcome === "needs_consent" ? "free_ended" : "stopped";
    const told = { notice: binding === null ? null : notice, candidates: ladder.allThatFits() };
    return { ...answer, ...told, priceBefore: amountText(lost.price) };
  }
  const told = { renamed: "renamed", redirected: "redirected", kept: null };
  const notice = binding === null ? null : outcome in told ? told[outcome] : "substituted";
  const candidates = ladder.firstOffers().filter((each) => each.id !== model.id);
  const isCertain = outcome === "renamed" || (outcome === "redirected" && persist === "yes");
  const confidence = isCertain ? "certain" : "likely";
  return { ...withPrices(answer, lost, model), id: model.id, persist, confidence, notice, candidates };
}

function withPrices(answer, lost, model) {
  const able = abilitiesOf(model);
  return {
    ...answer,
    priceBefore: amountText(lost.price),
    priceAfter: amountText(priceOf(model)),
    lost: lost.known.filter((each) => !able.includes(each)).sort(),
    gained: able.filter((each) => !lost.known.includes(each)).sort(),
  };
}
