import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = new URL('./browser/', import.meta.url)

/** The browser's script with the library that it uses, as one module. */
export async function bundleBrowserScript(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app.ts', folder))],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  })
  const [script] = outputFiles
  if (!script) throw new Error('esbuild wrote no script')
  return script.contents
}

/** The page, told which issuer signs people in. */
export async function readPage(issuer: string): Promise<string> {
  const page = await readAsset('index.html')
  return page.replace('data-issuer=""', `data-issuer="${issuer}"`)
}

/** As the sign-in pages show it: they take pictures that can hold no script, which an SVG can. */
export function readLogo(): Promise<Uint8Array> {
  return readFile(new URL('logo.png', folder))
}

export function readAsset(name: 'index.html' | 'style.css' | 'icon.svg' | 'contours.svg'): Promise<string> {
  return readFile(new URL(name, folder), 'utf8')
}
