// A drawn life, lived: each decision is made at the real register, on its day.
import { createHash } from "node:crypto";
import {
  ConsentError,
  ConsentRegister,
  termsOf,
  type ConsentEvent,
  type Deciding,
} from "../../../src/consent/index.js";
import type { Agreement } from "../../../src/identity/index.js";
import type { DataSource } from "../../../src/store/index.js";
import type { SubjectTokens } from "../../../src/terms/index.js";
import { tenant } from "../../support/test-gateway.js";
import { today, type Lived } from "./deeds.js";
import type { Deed, DecisionDeed, Guardianship } from "./decided.js";
import type { Governed } from "./governed.js";
import { personText } from "./population.js";

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);
export const now = (): Date => noon(today);

const text = "What was shown.";
const shown: Deciding["shown"] = {
  ...{ language: "en", text, textVersion: createHash("sha256").update(text).digest("hex"), channel: "web" },
};

export class Registry {
  #day = today;
  readonly register: ConsentRegister;
  /** Decisions that were taken, and those that were refused, by code. */
  readonly taken = new Map<string, number>();

  constructor(dataSource: DataSource, tokens: SubjectTokens) {
    this.register = new ConsentRegister({
      ...{ dataSource, tokens, timeZone: () => "Europe/Paris", now: () => noon(this.#day) },
    });
  }

  /** @returns what was taken: a decision that the register refuses did not happen */
  async live(life: Lived, governed: Governed, agreement: Agreement): Promise<Lived> {
    this.#day = "2024-01-01";
    const guardianships: Guardianship[] = [];
    for (const record of life.guardianships) if (await this.#record(record)) guardianships.push(record);
    const days = [...life.deeds.map(({ day }) => day), ...guardianships.map(({ ended }) => ended ?? today)];
    const deeds: Deed[] = [];
    const events = new Map<number, { readonly id: string; readonly place: number }>();
    for (const day of new Set(days.sort())) {
      this.#day = day;
      for (const { guardian, ward, ended } of guardianships)
        if (ended === day) await this.register.endGuardianship({ tenant, guardian, ward, by: "steward" });
      for (const [place, deed] of life.deeds.entries()) {
        if (deed.day !== day) continue;
        if (deed.kind === "settled") {
          const objection = events.get(deed.objection);
          if (objection === undefined) continue;
          const { outcome } = deed;
          const settling = { tenant, event: objection.id, outcome, by: "dpo", reason: "as drawn" };
          if (await this.#took(() => this.register.settleObjection(settling)))
            deeds.push({ ...deed, objection: objection.place });
          continue;
        }
        const event = await this.decide(deed, governed, agreement);
        if (event === null) continue;
        events.set(place, { id: event.id, place: deeds.length });
        deeds.push(deed);
      }
    }
    this.#day = today;
    return { guardianships, deeds };
  }

  #record({ guardian, ward, born, from, until }: Guardianship): Promise<string | null> {
    const record = { tenant, guardian, ward, from, until, source: "record", by: "steward" } as const;
    return this.#took(() => this.register.addGuardianship({ ...record, ...(born === null ? {} : { wardBorn: born }) }));
  }

  /** All or none. */
  async decideAll(deeds: readonly DecisionDeed[], governed: Governed, agreement: Agreement): Promise<void> {
    const all = deeds.map((deed) => decidingOf(deed, governed, agreement));
    if ((await this.register.decideAll(tenant, all)) !== all.length) throw new Error("not all were recorded");
  }

  decide(deed: DecisionDeed, governed: Governed, agreement: Agreement): Promise<ConsentEvent | null> {
    return this.#took(() => this.register.decide(decidingOf(deed, governed, agreement)));
  }

  async #took<T>(act: () => Promise<T>): Promise<T | null> {
    try {
      const done = await act();
      this.taken.set("taken", (this.taken.get("taken") ?? 0) + 1);
      return done;
    } catch (error) {
      if (!(error instanceof ConsentError)) throw error;
      const { code } = error;
      this.taken.set(code, (this.taken.get(code) ?? 0) + 1);
      return null;
    }
  }
}

function decidingOf(deed: DecisionDeed, governed: Governed, agreement: Agreement): Deciding {
  const version = governed.versions.find(({ number }) => number === deed.version);
  if (version === undefined) throw new Error("no such version");
  const self = personText(deed.by) === personText(deed.about);
  return {
    ...{ tenant, agreement: agreement.id, version: version.number, terms: termsOf(version.terms) },
    ...{ basis: version.terms.basis, informationSociety: governed.informationSociety, asked: version.units },
    ...{ scheme: deed.about.scheme, key: deed.about.key, decision: deed.decision, shown, until: deed.until },
    by: self ? { kind: "self" } : { kind: "guardian", ...deed.by },
    units: version.units.filter(({ name }) => deed.units.includes(name)),
  };
}
