/** Authenticator apps and recovery codes. */
export const secondStepStyles = `.steps {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-6);
  padding: 0;
  list-style: none;
}
.steps > li {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: var(--space-3);
}
.steps .button-plain {
  justify-self: start;
}
/* White whatever the scheme: what reads it looks for dark on light, with a light edge around it. */
.qr-code {
  display: block;
  inline-size: 100%;
  max-inline-size: 14rem;
  block-size: auto;
  border: 1px solid var(--neutral-4);
  border-radius: var(--radius);
  forced-color-adjust: none;
}
/* The spaces are drawn: what is copied has none. */
.typed-key {
  display: flex;
  flex-wrap: wrap;
  gap: 0 0.6em;
  font: var(--weight-strong) var(--size-text) / 1.6 var(--mono);
  user-select: all;
  -webkit-user-select: all;
}
.digits-input {
  font-family: var(--mono);
  font-size: var(--size-large);
  letter-spacing: 0.2em;
}
.recovery-codes {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 20ch), 1fr));
  gap: var(--space-2) var(--space-6);
  padding: var(--space-4);
  border: 1px solid var(--neutral-5);
  border-radius: var(--radius);
  background: var(--neutral-2);
  font-family: var(--mono);
  list-style: none;
}
.recovery-codes code {
  font: inherit;
  font-weight: var(--weight-strong);
  overflow-wrap: anywhere;
}
.only-printed {
  display: none;
}
@media print {
  :root {
    color-scheme: light;
  }
  .foot, .not-printed {
    display: none;
  }
  .only-printed {
    display: block;
  }
  .recovery-codes {
    border-color: currentColor;
    break-inside: avoid;
  }
}
`
