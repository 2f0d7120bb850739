// The filters: each edits the same line that can be typed.
import { Button, Collapse, Radio, Stack } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useState } from "react";
import { readLogQuery, writeLogQuery, type LogTerm } from "../../../../src/terms/log-query/index.js";
import { dayIn, useFormat } from "../../app/format.js";
import { useTexts } from "../../app/language.js";
import { useRight } from "../../app/town.js";
import { usePersonLabel } from "../people/person-labels.js";
import styles from "./filter-bar.module.css";
import { FilterButton } from "./filter-button.js";
import { Names, TownNames } from "./filter-names.js";
import { PersonChoice } from "./filter-person.js";
import { filterTexts } from "./filter-texts.js";
import { TimeChoice, timeWords } from "./filter-time.js";
import {
  chosenOf,
  nothing,
  staffChoiceOf,
  withChosen,
  withoutTime,
  withStaffChoice,
  type Chosen,
  type StaffChoice,
} from "./filters.js";
import { usePurposeTitles } from "./use-titles.js";

interface Props {
  readonly town: string;
  readonly line: string;
  readonly onSearch: (line: string) => void;
}

const townKeys = ["app", "agreement", "purpose", "dataset", "field"] as const;
const fixedKeys = {
  outcome: ["answered", "partial", "refused", "invalid", "failed"],
  basis: ["consent", "public-task", "legal-obligation", "vital-interest", "contract", "open"],
} as const;

export function FilterBar(props: Props) {
  const t = useTexts(filterTexts);
  const narrow = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  const [opened, { toggle }] = useDisclosure(false);
  if (!narrow) return <Filters {...props} />;
  const { terms } = readLogQuery(props.line);
  const count = new Set(terms.map(({ key }) => key)).size;
  return (
    <div>
      <Button
        variant="default"
        size="compact-md"
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
        aria-expanded={opened}
        onClick={toggle}
      >
        {count === 0 ? t("filters") : t("filtersOn", { count })}
      </Button>
      <Collapse expanded={opened} pt="xs">
        <Filters {...props} />
      </Collapse>
    </div>
  );
}

type NamedKey = (typeof townKeys)[number] | keyof typeof fixedKeys | "person";

/** What a filter shows, and what comes of a choice in it. */
function useFilters({ line, onSearch }: Props) {
  const t = useTexts(filterTexts);
  const { terms } = readLogQuery(line);
  const search = (made: readonly LogTerm[]): void => onSearch(writeLogQuery(made));
  return {
    terms,
    search,
    of: (key: NamedKey, words: (value: string) => string) => {
      const chosen = chosenOf(terms, key);
      const { values, negated } = chosen;
      const [first] = values;
      const set =
        values.length > 1 ? t("several", { count: values.length }) : first === undefined ? null : words(first);
      return {
        chosen,
        onApply: (made: Chosen) => search(withChosen(terms, key, made)),
        button: { title: t(key), set, negated, onRemove: () => search(withChosen(terms, key, nothing)) },
      };
    },
  };
}

function Filters(props: Props) {
  const { town, line, onSearch } = props;
  const t = useTexts(filterTexts);
  const format = useFormat();
  const maySeePeople = useRight("FIND_PEOPLE");
  const { terms, search } = useFilters(props);
  const staff = staffChoiceOf(terms);
  return (
    <div className={styles.bar} role="group" aria-label={t("filters")}>
      {townKeys.map((key) => (
        <NameFilter key={key} name={key} {...props} />
      ))}
      <FixedFilter name="outcome" {...props} />
      <FixedFilter name="basis" {...props} />
      {maySeePeople ? <PersonFilter town={town} line={line} onSearch={onSearch} /> : null}
      <FilterButton
        title={t("time")}
        set={timeWords(terms, t, format, dayIn(format.timeZone, new Date()))}
        onRemove={() => search(withoutTime(terms))}
      >
        {(close) => <TimeChoice terms={terms} timeZone={format.timeZone} onApply={(made) => (close(), search(made))} />}
      </FilterButton>
      <FilterButton
        title={t("staff")}
        set={staff === "both" ? null : t(staff)}
        onRemove={() => search(withStaffChoice(terms, "both"))}
      >
        {(close) => <StaffFilter choice={staff} onChoose={(made) => (close(), search(withStaffChoice(terms, made)))} />}
      </FilterButton>
      {terms.length < 2 ? null : (
        <Button variant="subtle" size="compact-sm" onClick={() => onSearch("")}>
          {t("reset")}
        </Button>
      )}
    </div>
  );
}

function NameFilter({ name, ...props }: Props & { readonly name: (typeof townKeys)[number] }) {
  const titleOf = usePurposeTitles(props.town);
  const { chosen, button, onApply } = useFilters(props).of(name, name === "purpose" ? titleOf : (value) => value);
  return (
    <FilterButton {...button}>
      {(close) => (
        <TownNames town={props.town} name={name} chosen={chosen} onApply={(made) => (close(), onApply(made))} />
      )}
    </FilterButton>
  );
}

function FixedFilter({ name, ...props }: Props & { readonly name: keyof typeof fixedKeys }) {
  const t = useTexts(filterTexts);
  const words = (value: string): string => (isFixed(value) ? t(value) : value);
  const { chosen, button, onApply } = useFilters(props).of(name, words);
  const offers = fixedKeys[name].map((choice) => ({ choice, label: words(choice), hint: null }));
  return (
    <FilterButton {...button}>
      {(close) => <Names chosen={chosen} offers={offers} onApply={(made) => (close(), onApply(made))} />}
    </FilterButton>
  );
}

type FixedWord = (typeof fixedKeys)[keyof typeof fixedKeys][number];
const fixed: ReadonlySet<string> = new Set([...fixedKeys.outcome, ...fixedKeys.basis]);
const isFixed = (value: string): value is FixedWord => fixed.has(value);

function PersonFilter(props: Props) {
  const labelOf = usePersonLabel();
  const { button, onApply } = useFilters(props).of("person", labelOf);
  return (
    <FilterButton {...button}>
      {(close) => (
        <PersonChoice
          town={props.town}
          onApply={(value) => {
            close();
            onApply({ values: [value], negated: false });
          }}
        />
      )}
    </FilterButton>
  );
}

const staffChoices = ["both", "without", "only"] as const satisfies readonly StaffChoice[];

function StaffFilter({
  choice,
  onChoose,
}: {
  readonly choice: StaffChoice;
  readonly onChoose: (choice: StaffChoice) => void;
}) {
  const t = useTexts(filterTexts);
  const [value, setValue] = useState<StaffChoice>(choice);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(value);
      }}
    >
      <Stack gap="xs">
        <Radio.Group aria-label={t("staff")} value={value} onChange={setValue}>
          <Stack gap={6}>
            {staffChoices.map((each) => (
              <Radio key={each} size="xs" value={each} label={t(each)} />
            ))}
          </Stack>
        </Radio.Group>
        <Button type="submit" size="xs" style={{ alignSelf: "flex-end" }}>
          {t("apply")}
        </Button>
      </Stack>
    </form>
  );
}
