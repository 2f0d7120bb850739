// One filter of the bar: a button that says what it is set to, and what opens below it.
import { ActionIcon, Button, Popover } from "@mantine/core";
import { IconChevronDown, IconX } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTexts } from "../../app/language.js";
import styles from "./filter-bar.module.css";
import { filterTexts } from "./filter-texts.js";

interface Props {
  readonly title: string;
  /** What it is set to, in words; null: not at all. */
  readonly set: string | null;
  readonly negated?: boolean;
  readonly onRemove: () => void;
  /** @param close to be called once a choice was made */
  readonly children: (close: () => void) => ReactNode;
}

export function FilterButton({ title, set, negated = false, onRemove, children }: Props) {
  const t = useTexts(filterTexts);
  const [opened, setOpened] = useState(false);
  const label = set === null ? title : t(negated ? "isNot" : "is", { filter: title, value: set });
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      withinPortal
    >
      <span className={styles.filter} data-set={set === null ? undefined : true}>
        <Popover.Target>
          <Button
            variant="subtle"
            color="calm"
            size="compact-sm"
            className={styles.filterButton ?? ""}
            rightSection={set === null ? <IconChevronDown size={14} aria-hidden /> : null}
            onClick={() => setOpened(!opened)}
          >
            <span className={styles.filterLabel}>{label}</span>
          </Button>
        </Popover.Target>
        {set === null ? null : (
          <ActionIcon
            variant="subtle"
            color="calm"
            size={24}
            aria-label={`${t("remove")} (${title})`}
            onClick={onRemove}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        )}
      </span>
      <Popover.Dropdown className={styles.menu ?? ""} aria-label={title}>
        {opened ? children(() => setOpened(false)) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
