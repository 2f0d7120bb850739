// Where the console begins.
import "@mantine/core/styles.css";
import "@mantine/dates/styles.css";
import "@mantine/charts/styles.css";
import "@mantine/notifications/styles.css";
import "./app/app.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLanguage } from "./app/language.js";
import { createQueries } from "./app/queries.js";
import { headingId } from "./app/page.js";
import { createConsoleRouter } from "./app/router.js";
import { takeLink } from "./app/take-link.js";
import { styleNonce } from "./app/style-nonce.js";
import { surfaces, theme } from "./app/theme.js";

async function start(place: HTMLElement): Promise<void> {
  await startLanguage();
  await takeLink();
  const queries = createQueries((back) => {
    void router.navigate({ to: "/sign-in", search: { back } });
  });
  const router = createConsoleRouter(queries);
  // A page that was gone to is begun at its heading; the first one is begun at its top, as every page of the web is.
  router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
    if (fromLocation === undefined || !pathChanged) return;
    // A page that has put the keyboard somewhere itself (a list that was come back to) keeps it there.
    if (document.activeElement?.closest("main *") != null) return;
    document.getElementById(headingId)?.focus({ preventScroll: true });
  });
  createRoot(place).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={surfaces}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <Notifications position="bottom-right" />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

const place = document.getElementById("console");
if (place !== null) void start(place);
