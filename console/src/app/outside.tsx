// What is shown where no town's page stands: an unknown address, a town without a role, a failure before anything came.
import { Box, Button, Container, Group, List, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { appTexts } from "./app-texts.js";
import { LanguageSwitch } from "./frame.js";
import { headingId } from "./page.js";
import { leave } from "./leave.js";
import { useTexts } from "./language.js";
import { LinkAnchor } from "./links.js";
import { Failed } from "./states.js";
import { meQuery } from "./town.js";

/** A page without a town around it. */
export function Outside({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} — Passerelle`;
  }, [title]);
  return (
    <Container size="xs" py="xl" component="main">
      <Stack gap="lg">
        <Group justify="space-between">
          <Text fw={650}>Passerelle</Text>
          <LanguageSwitch />
        </Group>
        <Title order={1} id={headingId} tabIndex={-1}>
          {title}
        </Title>
        {children}
      </Stack>
    </Container>
  );
}

export function NotFound() {
  const t = useTexts(appTexts);
  return (
    <Outside title={t("notFoundTitle")}>
      <Text>{t("notFound")}</Text>
      <LinkAnchor to="/">{t("home")}</LinkAnchor>
    </Outside>
  );
}

export function NoTown() {
  const t = useTexts(appTexts);
  const { data } = useQuery(meQuery);
  const towns = data?.towns ?? [];
  return (
    <Outside title={t("noTownTitle")}>
      <Text>{t("noTown")}</Text>
      {towns.length === 0 ? null : (
        <Box>
          <Text fw={600}>{t("yourTowns")}</Text>
          <List>
            {towns.map(({ name, displayName }) => (
              <List.Item key={name}>
                <LinkAnchor to="/$town" params={{ town: name }}>
                  {displayName}
                </LinkAnchor>
              </List.Item>
            ))}
          </List>
        </Box>
      )}
      <Group>
        <Button variant="default" onClick={() => void leave()}>
          {t("signOut")}
        </Button>
      </Group>
    </Outside>
  );
}

export function FailedOutside({ error }: { readonly error: unknown }) {
  const t = useTexts(appTexts);
  const router = useRouter();
  const queries = useQueryClient();
  return (
    <Outside title={t("errorTitle")}>
      <Failed
        error={error}
        onRetry={() => {
          void queries.resetQueries();
          void router.invalidate();
        }}
      />
    </Outside>
  );
}
