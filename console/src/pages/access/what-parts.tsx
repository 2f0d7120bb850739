// What left, what did not, and by which line of which rules.
import { Code, List, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { useWords } from "../accesses/use-words.js";
import styles from "./access.module.css";
import type { Story } from "./story.js";
import { Section } from "./section.js";
import { accessTexts } from "./texts.js";

interface Props {
  readonly town: string;
  readonly story: Story;
}

/** A field in words, and its name. */
function Field({ town, name }: { readonly town: string; readonly name: string }) {
  const word = useWords(town)(name);
  if (word === name) return <span className={styles.coordinate}>{name}</span>;
  return (
    <span className={styles.coordinate}>
      {word} <span>{name}</span>
    </span>
  );
}

const masks = [
  "mask_year",
  "mask_month",
  "mask_round",
  "mask_truncate",
  "mask_initial",
  "mask_geo",
  "mask_redact",
  "mask_aggregate",
] as const;

/** In which form a field left: `round:100` is “rounded (100)”. */
function useForm(): (field: Pick<Story["left"][number], "mask" | "cells">) => string {
  const t = useTexts(accessTexts);
  return ({ mask, cells }) => {
    if (cells === 0) return t("chose");
    if (mask === "-" || mask === "") return t("whole");
    const [name = "", measure] = mask.split(":");
    const known = masks.find((each) => each === `mask_${name}`);
    return known === undefined ? mask : `${t(known)}${measure === undefined ? "" : ` (${measure})`}`;
  };
}

type Rule = NonNullable<Story["left"][number]["rule"]>;

/** The line itself, then where it stands. */
function RuleLine({ rule }: { readonly rule: Rule | null }) {
  const t = useTexts(accessTexts);
  if (rule === null) return <Text size="sm">{t("everyRow")}</Text>;
  return (
    <div className={styles.rule}>
      <code>{rule.text ?? t("ruleGone")}</code>
      <span>{rule.place}</span>
    </div>
  );
}

export function LeftPart({ town, story }: Props) {
  const t = useTexts(accessTexts);
  const narrow = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  const { left, rowsLeft } = story;
  return (
    <Section title={t("left")}>
      {left.length === 0 ? (
        <Text>{t("leftNothing")}</Text>
      ) : (
        <>
          <Totals town={town} story={story} />
          {narrow ? <LeftList town={town} left={left} /> : <LeftTable town={town} left={left} />}
        </>
      )}
      {left.length === 0 && rowsLeft.length > 0 ? <Totals town={town} story={story} /> : null}
    </Section>
  );
}

interface LeftProps {
  readonly town: string;
  readonly left: Story["left"];
}

function LeftTable({ town, left }: LeftProps) {
  const t = useTexts(accessTexts);
  const format = useFormat();
  const formOf = useForm();
  return (
    <Table withRowBorders verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("field")}</Table.Th>
          <Table.Th ta="end">{t("cells")}</Table.Th>
          <Table.Th>{t("mask")}</Table.Th>
          <Table.Th>{t("rule")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {left.map((field) => (
          <Table.Tr key={field.coordinate}>
            <Table.Td>
              <Field town={town} name={field.coordinate} />
            </Table.Td>
            <Table.Td ta="end">{format.number(field.cells)}</Table.Td>
            <Table.Td>{formOf(field)}</Table.Td>
            <Table.Td>
              <RuleLine rule={field.rule} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Where there is no room for a table. */
function LeftList({ town, left }: LeftProps) {
  const t = useTexts(accessTexts);
  const formOf = useForm();
  return (
    <ul className={styles.refused}>
      {left.map((field) => (
        <li key={field.coordinate}>
          <Field town={town} name={field.coordinate} />
          <div>
            {t("cellsOf", { count: field.cells })}, {formOf(field)}
          </div>
          <RuleLine rule={field.rule} />
        </li>
      ))}
    </ul>
  );
}

function Totals({ town, story: { rowsLeft, people, erased } }: Props) {
  const t = useTexts(accessTexts);
  const wordOf = useWords(town);
  const format = useFormat();
  const rows = rowsLeft.map(({ dataset, rows: count }) =>
    t("rowsInOne", { rows: format.number(count), dataset: wordOf(dataset) }),
  );
  const who = people.map(({ register, count }) => t("peopleInOne", { count, register }));
  return (
    <div>
      {rows.length === 0 ? null : <Text>{t("rowsIn", { list: format.list(rows) })}</Text>}
      {who.length === 0 ? null : <Text>{t("peopleIn", { list: format.list(who) })}</Text>}
      {erased ? <Text c="dimmed">{t("peopleErased")}</Text> : null}
    </div>
  );
}

export function WithheldPart({ town, story: { withheld } }: Props) {
  const t = useTexts(accessTexts);
  const format = useFormat();
  if (withheld.length === 0) return null;
  return (
    <Section title={t("withheld")} hint={t("withheldHint")}>
      <List spacing={2}>
        {withheld.map(({ coordinate, cells }) => (
          <List.Item key={coordinate}>
            <Field town={town} name={coordinate} /> — {format.number(cells)}
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

export function RefusedPart({ town, story: { refused, refusedCut } }: Props) {
  const t = useTexts(accessTexts);
  const say = useSaid();
  if (refused.length === 0) return null;
  return (
    <Section title={t("refused")}>
      <ul className={styles.refused}>
        {refused.map(({ coordinate, input, sentence, rule }, number) => (
          <li key={number}>
            <Field town={town} name={coordinate} />
            {input ? ` (${t("refusedInput")})` : ""}
            <div>{say(sentence)}</div>
            {rule === null ? null : <RuleLine rule={rule} />}
          </li>
        ))}
        {refusedCut === 0 ? null : <li>{t("refusedCut", { count: refusedCut })}</li>}
      </ul>
    </Section>
  );
}

/** Sources that failed, and what the application was told. */
export function ProblemsPart({ story: { sources, refused, ...story } }: Pick<Props, "story">) {
  const t = useTexts(accessTexts);
  const say = useSaid();
  // That fields were refused is told above, field by field.
  const told = new Set(refused.length > 0 ? ["FIELD_NOT_SHARED", "FILTER_NOT_SHARED"] : []);
  const errors = story.errors.filter(({ code }) => !told.has(code));
  if (sources.length + errors.length === 0) return null;
  return (
    <Section title={t("problems")}>
      <List spacing={4}>
        {sources.map(({ source, reason }) => (
          <List.Item key={`${source} ${reason}`}>{t("source", { source, reason })}</List.Item>
        ))}
        {errors.map(({ code, sentence }) => (
          <List.Item key={code}>
            {say(sentence)} <span className={styles.codeName}>{code}</span>
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

export function PolicyPart({ story: { policyVersion } }: Pick<Props, "story">) {
  const t = useTexts(accessTexts);
  if (policyVersion === null) return null;
  const command = `npx passerelle policy show ${policyVersion.slice(0, 12)}`;
  return (
    <Section title={t("policy")} hint={t("policyHint", { command })}>
      <Code className={styles.hash ?? ""}>{policyVersion}</Code>
    </Section>
  );
}
