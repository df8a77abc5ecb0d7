import { defaultAccent, deriveAccent, paper } from '../colour.ts'

/** Everything that other styles take by name: one scale of neutrals from the page to its text, one accent, four sizes, two weights. */
export function writeTokens(accentColour = defaultAccent): string {
  const { light, dark } = deriveAccent(accentColour)
  return `:root {
  color-scheme: light dark;
  --neutral-1: light-dark(${paper.light}, ${paper.dark});
  --neutral-2: light-dark(#ffffff, #1a1e1b);
  --neutral-3: light-dark(#f1f2ef, #222723);
  --neutral-4: light-dark(#e1e3de, #303631);
  --neutral-5: light-dark(#c6c9c3, #454d47);
  --neutral-6: light-dark(#80857e, #78817a);
  --neutral-7: light-dark(#5a5f59, #a4ada6);
  --neutral-8: light-dark(#333834, #d3d9d4);
  --neutral-9: light-dark(#141816, #f2f5f3);
  --accent: light-dark(${light.accent}, ${dark.accent});
  --on-accent: light-dark(${light.onAccent}, ${dark.onAccent});
  --size-small: 0.875rem;
  --size-text: 1rem;
  --size-large: 1.25rem;
  --size-heading: 1.75rem;
  --weight-text: 400;
  --weight-strong: 600;
  --space-1: 0.25rem;
  --space-2: 0.5rem;
  --space-3: 0.75rem;
  --space-4: 1rem;
  --space-6: 1.5rem;
  --space-8: 2rem;
  --space-12: 3rem;
  --target: 2.75rem;
  --radius: 0.625rem;
  --column: 24rem;
  --sans: -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
`
}
