// An entry's text as a general library writes it (RFC 8785), from objects: what the entry's own writer is held to.
import { boundedText, canonicalJson } from "../../src/accesslog/index.js";
import type { CutList, EntryBody, EntryDraft, Json, PersonalPart } from "../../src/accesslog/index.js";
import type { SubjectToken } from "../../src/terms/index.js";

const maxBodyBytes = 65_535;

export function canonicalPersonal(draft: EntryDraft): string {
  const tokens = tokensOf(draft);
  const { operationName: name, endUser, traceparent } = draft.personal;
  const part: PersonalPart = {
    v: 1,
    subjects: Object.fromEntries([...tokens].map(([scheme, set]) => [scheme, [...set].sort()])),
    ...(endUser ? { endUser } : {}),
    operationName: name === null ? null : boundedText(name, 200),
    staff: draft.staff && boundedText(draft.staff.who, 200),
    traceparent: traceparent == null ? null : boundedText(traceparent, 55),
  };
  return canonicalJson(part as unknown as Json);
}

/** @param personal the commitment */
export function canonicalBody(draft: EntryDraft, personal: string): string {
  for (let keep = 256; ; keep = Math.floor(keep / 2)) {
    const body = canonicalJson(bodyOf(draft, personal, keep) as unknown as Json);
    if (Buffer.byteLength(body) <= maxBodyBytes) return body;
    if (keep === 0) throw new TypeError("what left takes more than is kept");
  }
}

function tokensOf(draft: EntryDraft): Map<string, Set<SubjectToken>> {
  const tokens = new Map<string, Set<SubjectToken>>();
  for (const { scheme, token } of draft.personal.subjects)
    tokens.set(scheme, (tokens.get(scheme) ?? new Set()).add(token));
  for (const { scheme, tokens: sealed } of draft.personal.sealed ?? [])
    for (const token of sealed.strings())
      tokens.set(scheme, (tokens.get(scheme) ?? new Set()).add(token as SubjectToken));
  return tokens;
}

function bodyOf(draft: EntryDraft, personal: string, keep: number): EntryBody {
  const truncated: Partial<Record<CutList, number>> = {};
  const cut = <T>(name: CutList, list: readonly T[]): readonly T[] => {
    if (list.length > keep) truncated[name] = list.length - keep;
    return list.slice(0, keep);
  };
  const text = <T extends string>(value: T): T => boundedText(value, 300) as T;
  const orNull = <T extends string>(value: T | null): T | null => (value === null ? null : text(value));
  const body = {
    v: 1 as const,
    ...{ id: draft.id, tenant: draft.tenant, at: draft.at, durationMs: Math.round(draft.durationMs) },
    ...{ outcome: draft.outcome, status: draft.status, operation: draft.operation?.hash ?? null },
    ...{ application: orNull(draft.application), purpose: orNull(draft.purpose), agreement: orNull(draft.agreement) },
    ...{ agreementVersion: draft.agreementVersion, basis: orNull(draft.basis), key: orNull(draft.key) },
    policyVersion: orNull(draft.policyVersion),
    fields: draft.fields.map(({ coordinate, rule, mask, cells }) => ({
      ...{ coordinate: text(coordinate), rule: text(rule), mask: text(mask), cells },
    })),
    refused: cut("refused", draft.refused).map(({ coordinate, reason, rule, use }) => ({
      ...{ coordinate: text(coordinate), reason, rule: orNull(rule), use },
    })),
    withheld: cut("withheld", draft.withheld).map(({ coordinate, cells }) => ({ coordinate: text(coordinate), cells })),
    rows: draft.rows.map(({ dataset, rows }) => ({ dataset: text(dataset), rows })),
    errors: cut("errors", draft.errors).map(text),
    sources: cut("sources", draft.sources).map(({ source, reason }) => ({
      ...{ source: text(source), reason: text(reason) },
    })),
    subjects: [...tokensOf(draft).values()].reduce((sum, { size }) => sum + size, 0),
    staff: draft.staff && {
      command: text(draft.staff.command),
      filters: Object.fromEntries(
        cut("filters", Object.entries(draft.staff.filters)).map(([name, value]) => [text(name), text(value)]),
      ),
    },
    personal,
  };
  return { ...body, truncated };
}
