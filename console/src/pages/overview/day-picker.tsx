// One day back, one forth, or any: the day stands in the address.
import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { dayAfter, dayIn, useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { useTown } from "../../app/town.js";
import { overviewTexts } from "./texts.js";

export function DayPicker({ day }: { readonly day: string }) {
  const t = useTexts(overviewTexts);
  const { timeZone } = useFormat();
  const { name } = useTown();
  const navigate = useNavigate();
  const today = dayIn(timeZone, new Date());
  const go = (to: string): void =>
    void navigate({ to: "/$town", params: { town: name }, search: to === today ? {} : { day: to } });
  return (
    <Group gap={6}>
      <ActionIcon variant="default" size="lg" aria-label={t("dayBefore")} onClick={() => go(dayAfter(day, -1))}>
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <TextInput
        type="date"
        aria-label={t("day")}
        value={day}
        max={today}
        onChange={({ currentTarget: { value } }) => {
          if (/^2\d{3}-\d\d-\d\d$/.test(value) && value <= today) go(value);
        }}
      />
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={t("dayAfter")}
        disabled={day >= today}
        onClick={() => go(dayAfter(day, 1))}
      >
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
      {day === today ? null : (
        <Button variant="default" onClick={() => go(today)}>
          {t("today")}
        </Button>
      )}
    </Group>
  );
}
