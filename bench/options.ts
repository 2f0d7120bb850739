// What `npm run bench` can be told.
import { parseArgs } from "node:util";
import { queriesNamed } from "./answers.js";
import { peerNames, type PeerName } from "./peers.js";

export const help = `npm run bench -- [options]
  --only Q1        only this query; may be given again
  --peers bare     only these peers, with commas between them; bare is always among them (${peerNames.join(",")})
  --seconds N      length of a round for each server (6)
  --rounds N       paired rounds for each query, at least 2 (2)
  --connections N  connections kept busy (32)
  --rules N        rules in force (1000)
  --consent        measure, after the queries, pages where 90 % and 10 % of the residents consent
  --profile DIR    take CPU profiles of Passerelle, put them there and print the functions that take the most time
  --hold           measure nothing: start everything, print the addresses and the key, and wait for Ctrl-C
  --write          put the tables into docs/performance.md`;

export interface Options {
  readonly only: readonly string[];
  readonly peers: readonly PeerName[];
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly rules: number;
  readonly profile: string | null;
  readonly consent: boolean;
  readonly hold: boolean;
  readonly write: boolean;
}

/** @throws Error in words for the one who typed it; null: help was asked for */
export function readOptions(given: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: "string", multiple: true, default: [] },
      peers: { type: "string", default: peerNames.join(",") },
      seconds: { type: "string", default: "6" },
      rounds: { type: "string", default: "2" },
      connections: { type: "string", default: "32" },
      rules: { type: "string", default: "1000" },
      profile: { type: "string" },
      consent: { type: "boolean", default: false },
      hold: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  const number = (name: "seconds" | "rounds" | "connections" | "rules", least: number): number => {
    const value = Number(values[name]);
    if (!(value >= least) || (name !== "seconds" && !Number.isInteger(value)))
      throw new Error(`--${name} must be a ${name === "seconds" ? "" : "whole "}number from ${least} on`);
    return value;
  };
  const wrong = values.only.find((name) => queriesNamed([name]).length === 0);
  if (wrong !== undefined) throw new Error(`there is no query ${wrong}: Q1 to Q5 are measured`);
  const asked = new Set(values.peers.split(",").filter((name) => name !== ""));
  const unknown = [...asked].find((name) => !(peerNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`there is no peer ${unknown}: there are ${peerNames.join(", ")}`);
  const partial = values.only.length > 0 || values.profile !== undefined || asked.size < peerNames.length;
  if (values.write && partial) throw new Error("--write is for whole runs: leave --only, --peers and --profile away");
  return {
    only: values.only,
    peers: peerNames.filter((name) => name === "bare" || asked.has(name)),
    seconds: number("seconds", 0.1),
    rounds: number("rounds", 2),
    connections: number("connections", 1),
    rules: number("rules", 100),
    profile: values.profile ?? null,
    consent: values.consent,
    hold: values.hold,
    write: values.write,
  };
}
