// A person by their number. It goes to the gateway in the body of a question, which gives a token for it: neither the
// address of the page nor the browser's history gets the number.
import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSaid, useTexts } from "../../app/language.js";
import { LinkAnchor } from "../../app/links.js";
import { registersQuery } from "../people/questions.js";
import { filterTexts } from "./filter-texts.js";

interface Props {
  readonly town: string;
  /** @param value `resident:123`, as in a search line */
  readonly onApply: (value: string) => void;
}

export function PersonChoice({ town, onApply }: Props) {
  const t = useTexts(filterTexts);
  const say = useSaid();
  const { data: registers = [] } = useQuery(registersQuery(town));
  const [register, setRegister] = useState<string | null>(null);
  const [number, setNumber] = useState("");
  const chosen = register ?? registers[0]?.name ?? "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (number.trim() !== "" && chosen !== "") onApply(`${chosen}:${number.trim()}`);
      }}
    >
      <Stack gap="xs">
        {registers.length < 2 ? null : (
          <NativeSelect
            size="xs"
            label={t("register")}
            value={chosen}
            data={registers.map(({ name, title }) => ({ value: name, label: say(title) }))}
            onChange={({ currentTarget }) => setRegister(currentTarget.value)}
          />
        )}
        <TextInput
          size="xs"
          label={t("number")}
          description={t("numberHint")}
          autoComplete="off"
          data-autofocus
          value={number}
          onChange={({ currentTarget }) => setNumber(currentTarget.value)}
        />
        <Group justify="space-between">
          <LinkAnchor to="/$town/people" params={{ town }} size="sm">
            {t("byName")}
          </LinkAnchor>
          <Button type="submit" size="xs">
            {t("apply")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
