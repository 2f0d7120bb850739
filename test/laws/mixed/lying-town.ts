// A mixed town whose services can be told to lie.
import { httpStand, type HttpStand } from "../../sources/http-stand.js";
import { expect } from "vitest";
import { harvest, LawsGateway, resolve } from "../laws-gateway.js";
import { openTown, type Policy } from "../policy.js";
import { writeRequest } from "../request.js";
import { keysOf } from "../shared.law.js";
import { lieNames, liesWith, trapPath } from "./lies.js";
import { checkLied, type Asked } from "./lies.law.js";
import { openMixedTown, type Kind, type Layout, type MixedTown } from "./mixed-town.js";

type Reply = Awaited<ReturnType<LawsGateway["ask"]>>;

const of = (dataset: string, rest: string): string => `${dataset} { nodes { zid: id ${rest} } }`;
const payments = of("payments", "amount place { zid: id label }");
const accounts = of("accounts", `number balance holder { zid: id name } ${payments}`);
/** Asks for every dataset, by list and by link. */
const everything = `{
  ${of("people", `number name house { zid: id street } ${accounts}`)} ${of("places", `code label ${of("payments", "note")}`)}
  ${of("houses", `street ${of("people", "name")}`)} ${of("payments", "code account { zid: id label }")} a: ${of("accounts", "opened")}
}`;

export const lyingKinds: readonly Kind[] = ["rest", "graphql", "ngsi-ld"];

export class LyingTown {
  private constructor(
    readonly town: LawsGateway,
    readonly mixed: MixedTown,
    private readonly trap: HttpStand,
  ) {}

  static async open(layout: Layout): Promise<LyingTown> {
    const trap = await httpStand((_, response) => response.end("{}"));
    const mixed = await openMixedTown(layout, 400);
    return new LyingTown(await LawsGateway.open({ timeMs: 60_000 }, mixed), mixed, trap);
  }

  async close(): Promise<void> {
    await this.town.close();
    await this.trap.close();
  }

  /** A question to all services, when everything is open, and its honest answer. */
  async everything(): Promise<{ readonly asked: Asked; readonly honest: Reply }> {
    await this.town.govern(openTown);
    const resolved = resolve({ query: "", variables: {} }, new Map());
    const asked = { policy: openTown, key: "first", query: everything, resolved };
    const honest = await this.ask(asked);
    expect(honest.body.errors).toBeUndefined();
    return { asked, honest };
  }

  ask({ key, query, resolved }: Asked): Promise<Reply> {
    return this.town.ask(key, query, resolved.variables);
  }

  /** @returns answers that were lies */
  async liedTo(asked: Asked, honest: Reply, kind: Kind, name: string): Promise<number> {
    const front = this.mixed.fronts.get(kind);
    const lie = liesWith(this.trap.origin)[name];
    if (front === undefined || lie === undefined) throw new Error(`no ${name} of ${kind}`);
    const before = front.lies;
    front.lie = lie;
    const lied = await this.ask(asked).finally(() => void (front.lie = null));
    // Another start of the gateway: what a service is left alone for, and how long, is tested elsewhere.
    await this.mixed.renew(kind);
    await checkLied(this.town, asked, { honest, lied }, kind);
    expect([this.trap.requests, [...front.paths].filter((path) => path.startsWith(trapPath))]).toEqual([0, []]);
    return front.lies - before;
  }

  /** Whoever asks, whatever is asked. */
  async anybodyLiedTo(policy: Policy, drawn: readonly (readonly number[])[], kind: Kind, name: string): Promise<void> {
    const { town } = this;
    await town.govern(policy);
    for (const key of keysOf(policy)) {
      const ids = await town.ids(key);
      for (const numbers of drawn) {
        const reference = town.reference(key);
        const request = writeRequest(numbers, { identify: true, inputs: (at) => reference.usable(at) });
        const whole = await town.ask(key, request.query, resolve(request, ids).variables);
        const resolved = resolve(request, ids, harvest(request.query, whole.body.data));
        const asked = { policy, key, query: request.query, resolved };
        await this.liedTo(asked, await this.ask(asked), kind, name);
      }
    }
  }
}

export const everyLie: readonly (readonly [Kind, string])[] = lyingKinds.flatMap((kind) =>
  lieNames.map((name) => [kind, name] as const),
);
