// Colours, type and density of the console. The palette is that of the citizen's pages; axe holds its contrasts.
import { Alert, Badge, Button, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/**
 * From light to dark: in the light, text of 8 on a ground of 1; in the dark, text of 2 on 8; white on 7 and on 6. Each of
 * these pairs passes 4.5:1.
 */
const town: MantineColorsTuple = ["#eef5fa", "#d9e8f3", "#b9dcf6", "#8cc4ee", "#5ba3d6", "#3483b8", "#1f6798", "#124e78", "#0e3f63", "#0b3655"]; // prettier-ignore
const good: MantineColorsTuple = ["#e9f5ee", "#cfe9da", "#9be0b6", "#74c998", "#45a871", "#2a8857", "#1f7248", "#17603a", "#114a2c", "#0c3822"]; // prettier-ignore
const warn: MantineColorsTuple = ["#fff4de", "#ffe7b8", "#ffd48a", "#f5bb57", "#d6952a", "#ad7312", "#8c5a05", "#6f4400", "#573500", "#402700"]; // prettier-ignore
const bad: MantineColorsTuple = ["#fdeeee", "#fad6d6", "#ffb4b4", "#f08a8a", "#d95757", "#c03535", "#ad2626", "#9b1c1c", "#7a1414", "#5c0f0f"]; // prettier-ignore
const calm: MantineColorsTuple = ["#f3f6f8", "#e8ecf0", "#cfd8e0", "#b3bec9", "#8795a4", "#6b7785", "#566270", "#39444f", "#2b343d", "#1a222b"]; // prettier-ignore
/** Ours, by name. */
const own = { town, good, warn, bad, calm };

/** Mantine's own greys in the dark, in the hue of the rest. */
const dark: MantineColorsTuple = ["#e8edf2", "#b3bec9", "#8795a4", "#6b7785", "#3f4c59", "#33404c", "#222c37", "#1a222b", "#151c23", "#11171d"]; // prettier-ignore

export const theme = createTheme({
  primaryColor: "town",
  primaryShade: { light: 7, dark: 6 },
  colors: { ...own, dark },
  white: "#ffffff",
  black: "#18212b",
  fontFamily: `system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`,
  fontFamilyMonospace: `ui-monospace, "SFMono-Regular", "Cascadia Mono", "Noto Sans Mono", Menlo, Consolas, monospace`,
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.125rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
      h4: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  fontSizes: { xs: "0.8125rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    // A word is never cut: the column gets as wide as it needs.
    Badge: Badge.extend({
      defaultProps: { tt: "none", fw: 600, radius: "sm", variant: "light" },
      styles: { root: { minWidth: "max-content" }, label: { overflow: "visible" } },
    }),
    // A whole notice is paler than a badge.
    Alert: Alert.extend({
      vars: (_theme, { color = "town" }) => ({
        root: {
          "--alert-bg": `light-dark(var(--mantine-color-${color}-0), color-mix(in srgb, var(--mantine-color-${color}-9) 55%, var(--mantine-color-body)))`,
          "--alert-bd": `1px solid light-dark(var(--mantine-color-${color}-2), var(--mantine-color-${color}-8))`,
        },
      }),
    }),
    Button: Button.extend({ defaultProps: { fw: 500 } }),
  },
});

/** Grounds, text and hover of what is tinted: badges, notices, the entry of the menu that one is at. */
const tints = (ground: number, hover: number, text: number): Record<string, string> =>
  Object.fromEntries(
    Object.entries(own).flatMap(([name, shades]) => [
      [`--mantine-color-${name}-light`, shades[ground] ?? ""],
      [`--mantine-color-${name}-light-hover`, shades[hover] ?? ""],
      [`--mantine-color-${name}-light-color`, shades[text] ?? ""],
    ]),
  );

/** Grounds and lines as the citizen's pages have them. */
export const surfaces: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...tints(1, 2, 8),
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#18212b",
    "--mantine-color-dimmed": "#4a5662",
    "--mantine-color-placeholder": "#5d6975",
    "--mantine-color-default-border": "#c9d1d9",
    "--mantine-color-anchor": "#124e78",
    "--mantine-color-error": "#9b1c1c",
    "--console-ground": "#f3f6f8",
    "--console-tint": "#e6f0f7",
    "--console-focus": "#b3470f",
  },
  dark: {
    ...tints(8, 7, 2),
    "--mantine-color-body": "#1a222b",
    "--mantine-color-text": "#e8edf2",
    "--mantine-color-dimmed": "#b3bec9",
    "--mantine-color-placeholder": "#a3afbb",
    "--mantine-color-default": "#222c37",
    "--mantine-color-default-hover": "#2b3641",
    "--mantine-color-default-color": "#e8edf2",
    "--mantine-color-default-border": "#3f4c59",
    "--mantine-color-anchor": "#8cc4ee",
    "--mantine-color-error": "#ffb4b4",
    "--console-ground": "#11171d",
    "--console-tint": "#1d3040",
    "--console-focus": "#ffb37a",
  },
});
