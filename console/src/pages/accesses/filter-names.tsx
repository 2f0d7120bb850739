// The values of a filter, to be ticked.
import { Button, Checkbox, Group, ScrollArea, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { LogKey } from "../../../../src/terms/log-query/index.js";
import { useTexts } from "../../app/language.js";
import styles from "./filter-bar.module.css";
import { filterTexts } from "./filter-texts.js";
import type { Chosen } from "./filters.js";
import { useNames, type Offer } from "./offers.js";

interface Props {
  readonly chosen: Chosen;
  readonly onApply: (chosen: Chosen) => void;
}

/** Names of the town: applications, fields, … */
export function TownNames({ town, name, ...rest }: Props & { readonly town: string; readonly name: LogKey }) {
  const [typed, setTyped] = useState("");
  const offers = useNames(town, name, typed);
  return <Names {...rest} offers={offers} typed={typed} onType={setTyped} />;
}

interface ListProps extends Props {
  readonly offers: readonly Offer[];
  readonly typed?: string;
  readonly onType?: (typed: string) => void;
}

export function Names({ chosen, onApply, offers, typed, onType }: ListProps) {
  const t = useTexts(filterTexts);
  const [values, setValues] = useState<readonly string[]>(chosen.values);
  const [negated, setNegated] = useState(chosen.negated);
  // What is chosen stays to be seen, whatever the gateway names.
  const kept = values.filter((value) => !offers.some(({ choice }) => choice === value));
  const all = [...kept.map((choice) => ({ choice, label: choice, hint: null })), ...offers];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onApply({ values, negated });
      }}
    >
      <Stack gap="xs">
        {onType === undefined ? null : (
          <TextInput
            aria-label={t("find")}
            placeholder={t("find")}
            size="xs"
            data-autofocus
            value={typed ?? ""}
            onChange={({ currentTarget }) => onType(currentTarget.value)}
          />
        )}
        <ScrollArea.Autosize mah={260} type="auto" viewportProps={{ tabIndex: -1 }}>
          <Checkbox.Group value={[...values]} onChange={setValues}>
            <Stack gap={6} p={4}>
              {all.map(({ choice, label, hint }) => (
                <Checkbox
                  key={choice}
                  value={choice}
                  size="xs"
                  label={<span className={styles.name}>{hint ?? label}</span>}
                  description={hint === null ? undefined : label}
                />
              ))}
              {all.length === 0 ? (
                <Text size="sm" c="dimmed">
                  {t("noName")}
                </Text>
              ) : null}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
        <Switch
          size="xs"
          label={t("except")}
          checked={negated}
          onChange={({ currentTarget }) => setNegated(currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button type="submit" size="xs">
            {t("apply")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
