// Names that the gateway gives in its own words (`public-task`), as people read them. An unknown one is shown as it is.
import { Badge } from "@mantine/core";
import { agreementTexts } from "./agreement-texts.js";
import { useFormat } from "./format.js";
import { useTexts } from "./language.js";

const standings = ["in-force", "suspended", "ended", "not-begun"] as const;
const bases = [
  "consent",
  "public-task",
  "legal-obligation",
  "vital-interest",
  "contract",
  "legitimate-interest",
  "open",
] as const;
const roles = ["controller", "joint-controller", "processor"] as const;

export interface AgreementWords {
  readonly standing: (name: string) => string;
  readonly basis: (name: string) => string;
  readonly recipient: (recipient: { readonly name: string; readonly role: string }) => string;
  readonly period: (from: string, until: string) => string;
}

export function useAgreementWords(): AgreementWords {
  const t = useTexts(agreementTexts);
  const format = useFormat();
  const pick = <Name extends string>(known: readonly Name[], name: string, say: (known: Name) => string): string => {
    const found = known.find((each) => each === name);
    return found === undefined ? name : say(found);
  };
  return {
    standing: (name) => pick(standings, name, (known) => t(`standing_${known}`)),
    basis: (name) => pick(bases, name, (known) => t(`basis_${known}`)),
    recipient: ({ name, role }) =>
      roles.some((each) => each === role)
        ? t("recipient", { name, role: pick(roles, role, (known) => t(`role_${known}`)) })
        : name,
    period: (from, until) => t("period", { from: format.day(from), until: format.day(until) }),
  };
}

const colours: Readonly<Record<string, string>> = { "in-force": "good", suspended: "bad", "not-begun": "town" };

export function Standing({ name }: { readonly name: string }) {
  const { standing } = useAgreementWords();
  return <Badge color={colours[name] ?? "calm"}>{standing(name)}</Badge>;
}
