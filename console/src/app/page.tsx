// The frame of one page: its title in the window and as its heading, which takes the focus after a navigation.
import { Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { appTexts } from "./app-texts.js";
import { useTexts } from "./language.js";
import { useTown } from "./town.js";

/** The only `h1` of a page. */
export const headingId = "page-heading";

export function Page(props: {
  readonly title: string;
  /** One or two sentences below the heading. */
  readonly lead?: ReactNode;
  /** Buttons beside the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, lead, actions, children } = props;
  const t = useTexts(appTexts);
  const { displayName } = useTown();
  const inWindow = t("pageTitle", { title, town: displayName });
  useEffect(() => {
    document.title = inWindow;
  }, [inWindow]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} flex="1 1 20rem">
          <Title order={1} id={headingId} tabIndex={-1}>
            {title}
          </Title>
          {lead === undefined ? null : (
            <Text c="dimmed" maw="48rem" component="div">
              {lead}
            </Text>
          )}
        </Stack>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
