/** The page itself: one column, a little above the middle, and the footer at the bottom. */
export const pageStyles = `*, *::before, *::after {
  box-sizing: border-box;
  margin: 0;
}
html {
  text-size-adjust: 100%;
  -webkit-text-size-adjust: 100%;
}
body {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  grid-template-rows: minmax(var(--space-8), 2fr) auto minmax(var(--space-12), 3fr) auto;
  min-block-size: 100vh;
  min-block-size: 100svh;
  padding-inline: var(--space-6);
  background: var(--neutral-1);
  color: var(--neutral-9);
  font: var(--weight-text) var(--size-text) / 1.5 var(--sans);
  overflow-wrap: break-word;
  -webkit-font-smoothing: antialiased;
}
.column, .foot {
  inline-size: 100%;
  max-inline-size: var(--column);
  margin-inline: auto;
}
.column {
  grid-row: 2;
}
.wide {
  --column: 44rem;
}
.whose {
  display: flex;
  align-items: center;
  gap: var(--space-3);
  margin-block-end: var(--space-8);
  font-weight: var(--weight-strong);
}
.whose bdi {
  min-inline-size: 0;
  overflow-wrap: anywhere;
  line-height: 1.3;
}
.mark {
  flex: none;
  inline-size: 2.5rem;
  block-size: 2.5rem;
  border-radius: var(--radius);
  object-fit: contain;
}
.mark-letter {
  display: grid;
  place-items: center;
  border: 1px solid transparent;
  background: var(--accent);
  color: var(--on-accent);
  font-size: var(--size-large);
  line-height: 1;
}
h1 {
  font-size: var(--size-heading);
  font-weight: var(--weight-strong);
  line-height: 1.2;
  letter-spacing: -0.02em;
  overflow-wrap: anywhere;
  text-wrap: balance;
}
h2 {
  font-size: var(--size-text);
  font-weight: var(--weight-strong);
}
p {
  text-wrap: pretty;
}
strong {
  font-weight: var(--weight-strong);
  overflow-wrap: anywhere;
}
.whole {
  display: inline-block;
  max-inline-size: 100%;
}
ul {
  padding: 0;
  list-style: none;
}
a {
  color: var(--accent);
  text-underline-offset: 0.15em;
  text-decoration-thickness: from-font;
}
main > * + * {
  margin-block-start: var(--space-6);
}
main > noscript {
  display: block;
}
main > h1 + p {
  margin-block-start: var(--space-3);
}
main > p:not([class]), .lead {
  color: var(--neutral-8);
}
main > p + p:not(.empty) {
  margin-block-start: var(--space-3);
}
.lead strong {
  color: var(--neutral-9);
}
.hint {
  color: var(--neutral-7);
  font-size: var(--size-small);
}
.foot {
  grid-row: 4;
  padding-block: var(--space-4) var(--space-6);
  border-block-start: 1px solid var(--neutral-4);
  color: var(--neutral-7);
  font-size: var(--size-small);
}
.foot bdi {
  overflow-wrap: anywhere;
}
.foot-rows, .foot-links {
  display: flex;
  flex-wrap: wrap;
  column-gap: var(--space-3);
}
.foot-rows {
  justify-content: space-between;
}
.foot-links a {
  display: inline-flex;
  align-items: center;
  min-block-size: var(--target);
  color: inherit;
  text-decoration: none;
}
.foot-links a:hover {
  color: var(--neutral-9);
  text-decoration: underline;
}
.foot-links a[aria-current] {
  color: var(--neutral-9);
  font-weight: var(--weight-strong);
}
/* In a date it is a part of the field that has the focus. */
:focus-visible, [type="date"]:focus-within {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
  border-radius: 2px;
}
/* Without script the waiting page reloads itself, and would slide in each time. */
@media (prefers-reduced-motion: no-preference) and (scripting: enabled) {
  main {
    animation: step-in 150ms ease-out;
  }
  @keyframes step-in {
    from {
      opacity: 0;
      transform: translateX(0.5rem);
    }
  }
}
`
