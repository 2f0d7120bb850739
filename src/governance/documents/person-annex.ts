// Who received which of one person's data, for what, on which basis, when (GDPR art. 15(1)(a) to (d), (g)): gathered from
// the record, per recipient, without any value.
import type { EntryBody, StoredEntry } from "../../accesslog/index.js";
import type { Catalogue } from "../../catalogue/index.js";
import type { ConsentEvent } from "../../consent/index.js";
import type { AgreementView, ApplicationView, Snapshot } from "../../identity/index.js";
import { categoryOf } from "../category-words.js";
import { schemesOf, wordsFor } from "../field-words.js";
import type { Text } from "../text.js";
import { isHiddenFromPeople, wasKeptBack } from "../told-person.js";

export interface AnnexAsked {
  /** Of the register that the person is in. */
  readonly scheme: string;
  readonly agreements: readonly AgreementView[];
  readonly applications: readonly ApplicationView[];
  /** Null: nothing is in force, and names are all there is. */
  readonly catalogue: Catalogue | null;
  /** All that the person has decided. */
  readonly events: readonly ConsentEvent[];
}

/** Moments are RFC 3339. */
interface Seen {
  readonly times: number;
  readonly first: string;
  readonly last: string;
}

export interface ReceivedField extends Seen {
  readonly coordinate: string;
  readonly words: Text;
  readonly category: Text;
  /** GDPR art. 9. */
  readonly special: boolean;
}

export interface AnnexRecipient extends Seen {
  readonly agreement: string;
  /** The application's title. */
  readonly application: string;
  readonly recipient: Snapshot["recipient"];
  readonly purpose: string;
  /** The town's. */
  readonly basis: string;
  /** ISO 8601 duration; null: not declared. */
  readonly retention: string | null;
  /** By category, then by words. */
  readonly fields: readonly ReceivedField[];
  /** Asked for, and kept back of this person each time. */
  readonly keptBack: readonly Text[];
  /** Names of the town's services that the data came from. */
  readonly sources: readonly string[];
}

/** For the DPO alone: the person is not told of these. */
export interface LeftOut extends Seen {
  readonly agreement: string;
  /** The legal ground (GDPR art. 23), as it was signed; null: the agreement or its version is not known (any more). */
  readonly ground: string | null;
}

export interface PersonAnnex {
  /** The newest access first. */
  readonly recipients: readonly AnnexRecipient[];
  /** Looks of the town's own staff into the record about this person; null: none. */
  readonly staff: Seen | null;
  readonly leftOut: readonly LeftOut[];
  /** Entries that it was made from. */
  readonly entries: number;
  /** Entries that are not what was recorded: nothing is concluded from them. */
  readonly altered: number;
}

interface Gathering {
  readonly view: AgreementView;
  readonly snapshot: Snapshot;
  seen: Seen;
  readonly fields: Map<string, Seen>;
  readonly kept: Set<string>;
}

/** Bounded by what was signed, however many entries there are. */
export class AnnexGatherer {
  readonly #asked: AnnexAsked;
  readonly #recipients = new Map<string, Gathering>();
  readonly #leftOut = new Map<string, LeftOut>();
  #staff: Seen | null = null;
  #entries = 0;
  #altered = 0;

  constructor(asked: AnnexAsked) {
    this.#asked = asked;
  }

  add({ body, intact }: StoredEntry): void {
    this.#entries += 1;
    if (!intact) this.#altered += 1;
    else if (body.staff !== null) this.#staff = also(this.#staff, body.at);
    else if (isHiddenFromPeople(this.#asked.agreements, body)) this.#leaveOut(body);
    else this.#receive(body);
  }

  annex(): PersonAnnex {
    const recipients = [...this.#recipients.values()].map((gathering) => this.#told(gathering));
    return {
      recipients: recipients.sort((a, b) => (a.last < b.last ? 1 : -1)),
      staff: this.#staff,
      leftOut: [...this.#leftOut.values()].sort((a, b) => (a.agreement < b.agreement ? -1 : 1)),
      entries: this.#entries,
      altered: this.#altered,
    };
  }

  #leaveOut({ agreement, agreementVersion, at }: EntryBody): void {
    const name = agreement ?? "—";
    const view = this.#asked.agreements.find(({ ref }) => ref === agreement);
    const then = view?.versions.find(({ number }) => number === agreementVersion);
    const ground = then?.snapshot.hidden ?? view?.approved?.snapshot.hidden ?? null;
    this.#leftOut.set(name, { agreement: name, ground, ...also(this.#leftOut.get(name) ?? null, at) });
  }

  /** An entry tells of all its people at once: each field about people of the register counts for each of them. */
  #receive(body: EntryBody): void {
    const view = this.#asked.agreements.find(({ ref }) => ref === body.agreement);
    const snapshot = view?.versions.find(({ number }) => number === body.agreementVersion)?.snapshot;
    if (view === undefined || snapshot === undefined) return;
    // Another recipient, purpose or basis in a later version is told apart.
    const key = JSON.stringify([view.ref, snapshot.recipient.name, snapshot.purpose, snapshot.basis]);
    const of = this.#recipients.get(key);
    const into = of ?? {
      view,
      snapshot,
      seen: also(null, body.at),
      fields: new Map<string, Seen>(),
      kept: new Set<string>(),
    };
    if (of !== undefined) of.seen = also(of.seen, body.at);
    this.#recipients.set(key, into);
    const kept = new Set<string>(
      body.withheld
        .map(({ coordinate }) => coordinate)
        .filter((coordinate) => wasKeptBack(view, snapshot.basis, coordinate, body.at, this.#asked.events)),
    );
    for (const coordinate of kept) if (this.#isAbout(coordinate)) into.kept.add(coordinate);
    for (const { coordinate, rule, cells } of body.fields)
      if (rule !== "" && cells > 0 && !kept.has(coordinate) && this.#isAbout(coordinate))
        into.fields.set(coordinate, also(into.fields.get(coordinate) ?? null, body.at));
  }

  /** Of a field that there is no more one cannot tell: it is told. */
  #isAbout(coordinate: string): boolean {
    const { catalogue, scheme } = this.#asked;
    return catalogue?.coordinates.get(coordinate) === undefined || schemesOf(catalogue, coordinate).includes(scheme);
  }

  #told({ view, snapshot, seen, fields, kept }: Gathering): AnnexRecipient {
    const { catalogue, applications } = this.#asked;
    const received = [...fields].map(([coordinate, times]) => this.#field(coordinate, times));
    const services = [...fields.keys()].flatMap(
      (field) => catalogue?.datasets.get(field.split(".")[0] ?? "")?.source ?? [],
    );
    return {
      ...seen,
      agreement: view.ref,
      application: applications.find(({ name }) => name === view.application)?.title ?? view.application,
      recipient: snapshot.recipient,
      purpose: snapshot.purpose,
      basis: snapshot.basis,
      retention: snapshot.retention,
      fields: received.sort((a, b) => order(a.category.fr, b.category.fr) || order(a.words.fr, b.words.fr)),
      keptBack: [...kept].filter((field) => !fields.has(field)).map((field) => wordsFor(catalogue, field)),
      sources: [...new Set(services)].sort(),
    };
  }

  #field(coordinate: string, times: Seen): ReceivedField {
    const { catalogue } = this.#asked;
    const category = categoryOf(catalogue, coordinate);
    const dataset = wordsFor(catalogue, coordinate.split(".")[0] ?? "");
    return {
      ...times,
      coordinate,
      words: wordsFor(catalogue, coordinate),
      category: category?.title ?? dataset,
      special: category?.special === true,
    };
  }
}

const also = (seen: Seen | null, at: string): Seen =>
  seen === null
    ? { times: 1, first: at, last: at }
    : { times: seen.times + 1, first: at < seen.first ? at : seen.first, last: at > seen.last ? at : seen.last };

const order = (a: string, b: string): number => a.localeCompare(b, "fr");
