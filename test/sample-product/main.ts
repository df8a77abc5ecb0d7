import { startSampleProduct } from './server.ts'

const issuer = new URL(process.env.ISSUER ?? 'http://localhost:3000').origin
const port = Number(process.env.PRODUCT_PORT ?? 4000)

const product = await startSampleProduct({ port, issuer })
console.log(`Fieldnotes, the sample product: ${product.url}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void product.close().then(() => process.exit(0))
  })
}
