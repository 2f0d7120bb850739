// A part of a page under a heading of its own.
import { Group, Paper, Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";
import styles from "./section.module.css";

export function Section(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, lead, actions, children } = props;
  const id = useId();
  return (
    <Paper withBorder component="section" aria-labelledby={id} className={styles.section}>
      <Group justify="space-between" gap="sm" align="flex-start" className={styles.head}>
        <div className={styles.words}>
          <Title order={2} id={id}>
            {title}
          </Title>
          {lead === undefined ? null : (
            <Text size="sm" c="dimmed" component="div">
              {lead}
            </Text>
          )}
        </div>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Paper>
  );
}
