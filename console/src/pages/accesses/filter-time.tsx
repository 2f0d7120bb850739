// The time of a search: what is asked for often, or two days.
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { LogTerm } from "../../../../src/terms/log-query/index.js";
import { dayAfter, dayIn, type Format } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { filterTexts } from "./filter-texts.js";
import { daysOf, hasTime, lastOf, withDays, withLast, type Days } from "./filters.js";

type Say = (
  key: "today" | "yesterday" | "last7" | "last30" | "custom" | "since" | "until" | "between",
  values?: Record<string, string>,
) => string;

/** The time in words; null: none. */
export function timeWords(terms: readonly LogTerm[], t: Say, format: Format, today: string): string | null {
  if (!hasTime(terms)) return null;
  const last = lastOf(terms);
  if (last === "7d") return t("last7");
  if (last === "30d") return t("last30");
  const days = daysOf(terms);
  if (days === null) return t("custom");
  const { from, to } = days;
  if (from === to)
    return from === today ? t("today") : from === dayAfter(today, -1) ? t("yesterday") : format.shortDay(from);
  if (to === "") return t("since", { day: format.shortDay(from) });
  if (from === "") return t("until", { day: format.shortDay(to) });
  return t("between", { from: format.shortDay(from), to: format.shortDay(to) });
}

interface Props {
  readonly terms: readonly LogTerm[];
  readonly timeZone: string;
  readonly onApply: (terms: readonly LogTerm[]) => void;
}

export function TimeChoice({ terms, timeZone, onApply }: Props) {
  const t = useTexts(filterTexts);
  const today = dayIn(timeZone, new Date());
  const [days, setDays] = useState<Days>(daysOf(terms) ?? { from: "", to: "" });
  const wrong = days.from !== "" && days.to !== "" && days.to < days.from;
  const one = (day: string) => withDays(terms, { from: day, to: day });
  const quick = [
    ["today", one(today)],
    ["yesterday", one(dayAfter(today, -1))],
    ["last7", withLast(terms, "7d")],
    ["last30", withLast(terms, "30d")],
  ] as const;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) onApply(withDays(terms, days));
      }}
    >
      <Stack gap="xs">
        <Group gap={6}>
          {quick.map(([name, made]) => (
            <Button key={name} variant="default" size="compact-sm" onClick={() => onApply(made)}>
              {t(name)}
            </Button>
          ))}
        </Group>
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput
            type="date"
            size="xs"
            label={t("from")}
            value={days.from}
            max={today}
            onChange={({ currentTarget }) => setDays({ ...days, from: currentTarget.value })}
          />
          <TextInput
            type="date"
            size="xs"
            label={t("to")}
            value={days.to}
            max={today}
            onChange={({ currentTarget }) => setDays({ ...days, to: currentTarget.value })}
          />
        </Group>
        {wrong ? (
          <Text size="sm" c="error" role="alert">
            {t("badDays")}
          </Text>
        ) : null}
        <Group justify="flex-end">
          <Button type="submit" size="xs">
            {t("apply")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
