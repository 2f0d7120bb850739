// Who asked, under what, and on whose word.
import type { ReactNode } from "react";
import { useFormat, type Format } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { filterTexts } from "../accesses/filter-texts.js";
import styles from "./access.module.css";
import type { Story } from "./story.js";
import { Section } from "./section.js";
import type { AccessTranslate } from "./telling.js";
import { accessTexts } from "./texts.js";

type Line = readonly [title: string, value: ReactNode];

export function WhoPart({ story }: { readonly story: Story }) {
  const t = useTexts(accessTexts);
  const format = useFormat();
  const say = useSaid();
  const inWords = useTexts(filterTexts);
  const basis = story.row.basis;
  const basisWords = basis === null ? t("none") : isBasis(basis) ? inWords(basis) : basis;
  const purpose = story.purposeTitle === null ? (story.row.purpose ?? t("none")) : say(story.purposeTitle);
  const lines = story.row.staff === null ? asked(story, { purpose, basis: basisWords }, t, format) : read(story, t);
  const when = t("whenValue", {
    moment: `${format.day(story.row.at)}, ${format.clockSeconds(story.row.at)}`,
    zone: format.timeZone,
    ms: format.number(story.durationMs),
  });
  return (
    <Section title={t("who")}>
      <dl className={styles.facts}>
        {[[t("when"), when] as const, ...lines].map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

const bases = ["consent", "contract", "legal-obligation", "vital-interest", "public-task", "open"] as const;
type Basis = (typeof bases)[number];
const isBasis = (text: string): text is Basis => bases.some((each) => each === text);

function asked(story: Story, words: { purpose: string; basis: string }, t: AccessTranslate, format: Format): Line[] {
  const { row, recipient, agreementVersion: version } = story;
  return [
    [t("applicationName"), row.application ?? t("none")],
    ...(recipient === null ? [] : [[t("recipient"), recipientWords(recipient, t)] as const]),
    [t("purpose"), words.purpose],
    [t("agreement"), agreementWords(row.agreement, version, t, format)],
    [t("basis"), words.basis],
    [t("key"), story.key ?? t("noKey")],
    ...(story.onBehalfOf === null
      ? []
      : [[t("onBehalf"), t("onBehalfValue", { register: story.onBehalfOf })] as const]),
    ...(story.operationName === null ? [] : [[t("operationName"), `« ${story.operationName} »`] as const]),
  ];
}

const roles = ["controller", "processor", "joint-controller"] as const;

function recipientWords({ name, role, basis }: NonNullable<Story["recipient"]>, t: AccessTranslate): string {
  const known = roles.find((each) => each === role);
  return t("recipientValue", { name, basis, role: known === undefined ? role : t(known) });
}

function agreementWords(
  name: string | null,
  version: Story["agreementVersion"],
  t: AccessTranslate,
  format: Format,
): ReactNode {
  if (name === null) return t("none");
  if (version === null) return name;
  const { number, from, until, approvedBy, approvedAt } = version;
  const words = t("agreementValue", { name, number, from: format.shortDay(from), until: format.shortDay(until) });
  if (approvedBy === null || approvedAt === null) return words;
  return `${words}\u00a0; ${t("approved", { by: approvedBy, day: format.shortDay(approvedAt) })}`;
}

function read({ row: { staff } }: Story, t: AccessTranslate): Line[] {
  if (staff === null) return [];
  const filters = staff.filters.map(({ name, value }) => `${name}: ${value}`);
  return [
    [t("staffWho"), staff.who ?? t("staffErased")],
    [t("staffCommand"), staff.command],
    ...(filters.length === 0 ? [] : [[t("staffFilters"), <code key="filters">{filters.join("  ")}</code>] as const]),
  ];
}
