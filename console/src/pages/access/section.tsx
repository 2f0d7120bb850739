import { Paper, Stack, Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

/** One part of the story, with its heading. */
export function Section(props: { readonly title: string; readonly hint?: string; readonly children: ReactNode }) {
  const id = useId();
  const { title, hint, children } = props;
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id}>
      <Stack gap="sm">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {hint === undefined ? null : (
            <Text c="dimmed" size="sm" maw="48rem">
              {hint}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Paper>
  );
}
