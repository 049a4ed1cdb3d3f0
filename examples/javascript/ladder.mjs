// Which model runs instead of one that is gone: the first rung of a ladder that holds, see `climb`.
//
// A model with objections is offered, not taken. A model that was free ends on one that charges nothing, or on its own
// paid sibling by consent, or nowhere. standing.mjs climbs; nothing else needs to.

import { candidate, costsNothing, isActive, isMoving } from "./catalog.mjs";
import { freeModels, freeOffers, isNeverOffered, modelsOf } from "./fitness.mjs";
import { objections, recommended, relatives, sameUse } from "./fitness.mjs";

const CERTAIN_KINDS = { override: "override", renamed: "same_slug" }; // kinds of redirects, and the reasons they give

/** The end of a climb with a question to the user. */
export const asking = (reason) => ({ model: null, outcome: "needs_consent", reason, notes: [], hops: 0 });

/** One climb; `notes` and `offers`, models that only the user may take, tell what was met on the way. */
export class Ladder {
  notes = [];
  offers = new Map();
  firstOffers = () => [...this.offers.values()].slice(0, 10);
  isOut = ({ id }) => id === this.lost.id || this.question.nobodyServes.includes(id);
  objections = (model, agreed) => objections(this.question, model, this.lost, agreed);

  constructor(question, lost) {
    Object.assign(this, { question, lost, catalog: question.catalog, policy: question.policy });
  }

  /** What the first rung that holds gives; null where none does. */
  climb() {
    return this.renamed() ?? this.redirected({ inferred: false }) ?? this.kept() ?? this.redirected({ inferred: true })
      ?? this.sibling() ?? this.relative() ?? this.pointer() ?? this.recommended();
  }

  /** The offers, then free models for who was free, then the shortlist's for the same use. */
  allThatFits() {
    freeOffers(this.question, this.lost).forEach(([model, why]) => this.offer(model, why));
    const same = sameUse(this.catalog, this.lost).filter((each) => this.objections(each).length === 0);
    same.forEach((model) => this.offer(model, "same_use"));
    return this.firstOffers();
  }

  /** The one active model of the same slug and variant; of two nobody can say which. */
  renamed() {
    const { id, slug, variant } = this.lost;
    const same = this.catalog.ofSlug(slug?.toLowerCase() ?? "", variant).filter((each) => each.id !== id);
    return same.length === 1 ? this.take(same, "renamed", { reason: "same_slug", persist: "yes" }) : null;
  }

  /** The living end of the chain of redirects; only one that is certain in every link may rewrite the choice. */
  redirected({ inferred }) {
    const { id, base } = this.lost;
    const [visited, kinds] = [[id], []];
    for (let each = this.catalog.redirect(id); each && each.to !== "auto"; each = this.catalog.redirect(each.to)) {
      kinds.push(each.kind);
      if (visited.includes(each.to) || kinds.length > this.policy.maxHops) {
        this.notes = ["redirect_cycle"];
        return null;
      }
      visited.push(each.to);
      const target = this.catalog.model(each.to);
      if (target === undefined || !isActive(target)) continue;
      const isInferred = kinds.some((kind) => !(kind in CERTAIN_KINDS));
      const isAskedBelow = kinds.length === 1 && kinds[0] === "variant" && target.id === base; // by `sibling`
      if (isInferred !== inferred || isAskedBelow) return null;
      const terms = isInferred ? { reason: "inferred" } : { reason: CERTAIN_KINDS[kinds[0]], persist: "yes" };
      return this.take([target], "redirected", { ...terms, hops: kinds.length });
    }
    return null;
  }

  /** What runs already, so that nobody is moved twice without need. */
  kept() {
    const running = this.question.binding?.effective ?? "";
    return this.take(modelsOf(this.catalog, [running]), "kept", { reason: "still_fits" });
  }

  /** The base of a variant that ended; where a base ended its free variant is only offered. */
  sibling() {
    const { id, variant, isFree } = this.lost;
    const found = this.catalog.model(variant === null ? `${id}:free` : this.lost.base);
    if (found === undefined || !isActive(found)) return null;
    if (variant === null) return this.offer(found, "free_variant");
    if (!this.question.permits(found.id) || (isFree && this.policy.freeToPaid === "never")) return null;
    const terms = { reason: "base_model", consent: this.policy.variantChange };
    if (isFree) return costsNothing(found) ? this.take([found], "variant", terms) : this.paidSibling(found);
    if (variant === "batch") return this.ask(found, "batch_ended"); // it answers at once, and costs more
    if (variant !== "thinking") return this.take([found], "variant", terms);
    if (found.reasoning !== "configurable") return this.offer(found, "no_reasoning_switch");
    return this.take([found], "variant", { ...terms, reason: "reasoning_switch", notes: ["switch_reasoning_on"] });
  }

  /** From free to paid only by consent: given before, or asked for beside the free models there are. */
  paidSibling(base) {
    if (this.policy.freeToPaid === "allow") {
      const terms = { reason: "paid_sibling", notes: ["paid_by_consent"], agreed: { paidIsAgreed: true } };
      return this.take([base], "variant", terms);
    }
    const [best, ...others] = this.policy.mode === "interactive" ? freeOffers(this.question, this.lost) : [];
    const shown = best ? [best, ...others.filter(([model]) => isMoving(model))] : [];
    shown.forEach(([model, why]) => this.offer(model, why));
    return this.ask(base, "free_variant_ended");
  }

  relative() {
    const terms = { reason: "nearest_of_family", consent: this.policy.family };
    return this.take(relatives(this.catalog, this.lost), "family", terms);
  }

  pointer() {
    const ids = [this.lost.series, this.lost.family].filter(Boolean).map((line) => `~${line}-latest`);
    return this.take(modelsOf(this.catalog, ids), "latest", { reason: "moving_pointer", notes: ["floating"] });
  }

  recommended() {
    const mode = this.policy.auto ?? (this.policy.mode === "interactive" ? "tiered" : "never");
    if (mode === "never") return null;
    if (this.lost.isFree) return this.take(freeModels(this.catalog, this.lost), "auto", { reason: "free_model" });
    const router = modelsOf(this.catalog, ["openrouter/auto"]);
    if (mode === "router") return this.take(router, "auto", { reason: "router", notes: ["price_varies"] });
    return this.take(recommended(this.catalog, this.lost), "auto", { reason: "auto_target" });
  }

  /** The first model that nothing speaks against; the others on the way are offered where they may be. */
  take(models, outcome, { reason, persist = "after_ack", consent = "auto", notes = [], hops = 0, agreed }) {
    if (consent === "never") return null;
    for (const model of models.filter((each) => !this.isOut(each))) {
      const spoken = this.objections(model, agreed);
      if (spoken.length === 0 && consent === "auto") return { model, outcome, reason, persist, notes, hops };
      this.refuse(model, spoken.length > 0 ? spoken : ["needs_consent"]);
    }
    return null;
  }

  /** Put a question to a person; where there is none the ladder goes on. */
  ask(base, reason) {
    this.offer(base, this.lost.isFree ? "paid_sibling" : "needs_consent");
    return this.policy.mode === "interactive" ? asking(reason) : null;
  }

  refuse(model, spoken) {
    return isNeverOffered(spoken) ? null : this.offer(model, spoken[0]);
  }

  /** Remember a model that only the user may take; null, because it decides nothing. */
  offer(model, why) {
    const isNew = !this.isOut(model) && !this.offers.has(model.id);
    if (isNew && this.question.permits(model.id)) this.offers.set(model.id, candidate(model, why));
    return null;
  }
}
