import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { useTexts } from "../../app/language.js";
import { Outside } from "../../app/outside.js";
import { signInAddress, type SignInWays } from "../../app/session.js";
import { Answer } from "../../app/states.js";
import { sessionQuery } from "../../app/town.js";
import { signInTexts } from "./texts.js";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const t = useTexts(signInTexts);
  const { back, fault, why } = route.useSearch();
  // Who signs in in another window finds this one signed in too.
  const session = useQuery({ ...sessionQuery, staleTime: 0, refetchOnWindowFocus: true });
  if (session.data?.signedIn === true)
    return <Navigate to={back === undefined ? "/" : back.slice("/console".length)} />;
  return (
    <Outside title={t("title")}>
      <Text>{t("lead")}</Text>
      {fault === undefined ? null : (
        <Alert color="bad" role="alert">
          {t(fault === "link" ? "faultLink" : `why_${why ?? "refused"}`)}
        </Alert>
      )}
      <Answer of={session}>
        {(state) => (state.signedIn ? null : <Ways ways={state.ways} back={back ?? "/console/"} />)}
      </Answer>
    </Outside>
  );
}

function Ways({ ways: { ways, link }, back }: { readonly ways: SignInWays; readonly back: string }) {
  const t = useTexts(signInTexts);
  if (ways.length === 0 && !link) return <Alert color="warn">{t("nowhere")}</Alert>;
  return (
    <Stack gap="md" align="stretch">
      {ways.map(({ town, displayName, href }) => (
        <Button key={town} component="a" href={signInAddress(href, back)} size="md">
          {t("withTown", { town: displayName })}
        </Button>
      ))}
      {link ? (
        <Stack gap="xs">
          <Text>{t("link")}</Text>
          <Code block>npx passerelle console link --as …@…</Code>
        </Stack>
      ) : null}
    </Stack>
  );
}
