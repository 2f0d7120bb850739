// Who is looked for, and who was found.
import { Button, NativeSelect, Paper, Radio, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useFormat } from "../../app/format.js";
import { useSaid, useTexts } from "../../app/language.js";
import { Empty, Failed } from "../../app/states.js";
import styles from "./people.module.css";
import { withReadersDays } from "./person-labels.js";
import { findPeople } from "./questions.js";
import type { Found, KeyGiven, Person, Register } from "./registers.js";
import { peopleTexts } from "./texts.js";
import { readKeys, waysOf, type KeyFault, type Way } from "./ways.js";

interface Props {
  readonly town: string;
  readonly registers: readonly Register[];
  readonly onChoose: (person: Person) => void;
}

export function FindForm({ town, registers, onChoose }: Props) {
  const t = useTexts(peopleTexts);
  const say = useSaid();
  const [chosen, setChosen] = useState<string | null>(null);
  const register = registers.find(({ name }) => name === chosen) ?? registers[0];
  const find = useMutation({
    mutationFn: (by: readonly KeyGiven[]) => findPeople(town, register?.name ?? "", by),
    // What was looked for is not kept once one has gone on.
    gcTime: 0,
  });
  if (register === undefined) return null;
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <Stack gap="md">
          {registers.length < 2 ? null : (
            <NativeSelect
              label={t("register")}
              value={register.name}
              data={registers.map(({ name, title }) => ({ value: name, label: say(title) }))}
              onChange={({ currentTarget }) => {
                setChosen(currentTarget.value);
                find.reset();
              }}
            />
          )}
          {registers.length < 2 ? <Text fw={600}>{`${t("register")} — ${say(register.title)}`}</Text> : null}
          <Keys key={register.name} register={register} busy={find.isPending} onFind={(by) => find.mutate(by)} />
        </Stack>
      </Paper>
      <div aria-live="polite">
        {find.isError ? <Failed error={find.error} /> : null}
        {find.data === undefined ? null : <FoundPeople found={find.data} onChoose={onChoose} />}
      </div>
    </Stack>
  );
}

interface KeysProps {
  readonly register: Register;
  readonly busy: boolean;
  readonly onFind: (by: readonly KeyGiven[]) => void;
}

function Keys({ register, busy, onFind }: KeysProps) {
  const t = useTexts(peopleTexts);
  const say = useSaid();
  const ways = waysOf(register);
  const [way, setWay] = useState<Way | undefined>(ways.at(-1));
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [faults, setFaults] = useState<Readonly<Record<string, KeyFault>>>({});
  if (way === undefined) return null;
  return (
    <form
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        const read = readKeys(way, typed);
        setFaults("faults" in read ? read.faults : {});
        if ("by" in read) onFind(read.by);
      }}
    >
      <Stack gap="sm">
        {ways.length < 2 ? null : (
          <Radio.Group
            label={t("by")}
            value={way.name}
            onChange={(name) => setWay(ways.find((each) => each.name === name))}
          >
            <Stack gap={6} mt={6}>
              {ways.map(({ name, keys }) => (
                <Radio key={name} value={name} label={keys.map(({ title }) => say(title)).join(" + ")} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        <div className={styles.keys}>
          {way.keys.map(({ name, title, kind }) => {
            const fault = faults[name];
            return (
              <TextInput
                key={name}
                label={say(title)}
                type={kind === "DAY" ? "date" : "text"}
                {...(kind === "NUMBER" ? { inputMode: "numeric" as const } : {})}
                autoComplete="off"
                value={typed[name] ?? ""}
                error={fault === undefined ? null : t(fault)}
                onChange={({ currentTarget }) => setTyped({ ...typed, [name]: currentTarget.value })}
              />
            );
          })}
        </div>
        <Button type="submit" loading={busy} leftSection={<IconSearch size={16} aria-hidden />} w="fit-content">
          {t("search")}
        </Button>
      </Stack>
    </form>
  );
}

function FoundPeople({ found, onChoose }: { readonly found: Found; readonly onChoose: Props["onChoose"] }) {
  const t = useTexts(peopleTexts);
  const say = useSaid();
  const format = useFormat();
  const { people, more, fault } = found;
  if (fault !== null) return <Empty title={say(fault)} />;
  if (people.length === 0) return <Empty title={t("nobody")}>{t("nobodyHint")}</Empty>;
  return (
    <Stack gap="xs">
      <Title order={2}>{t("found", { count: people.length })}</Title>
      {people.length > 1 ? <Text>{t("several")}</Text> : null}
      <ul className={styles.found}>
        {people.map((person) => (
          <li key={person.handle}>
            <button type="button" className={styles.person} onClick={() => onChoose(person)}>
              <span>
                <b>{withReadersDays(person.label, format)}</b>
                <span>{t("choose")}</span>
              </span>
              <IconChevronRight size={18} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {more ? <Text c="dimmed">{t("moreFound")}</Text> : null}
    </Stack>
  );
}
