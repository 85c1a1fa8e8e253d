// Asks the admin API which release runs, and prints its name. Arguments: the API's socket, the file with its token.
// It runs on the host, so that the token stays there.
import { readFileSync } from 'node:fs'
import { get } from 'node:http'

const [socketPath, tokenFile] = process.argv.slice(1)
const headers = { Authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }

get({ socketPath, path: '/releases.list', headers, timeout: 5000 }, async (response) => {
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) body += chunk
  if (response.statusCode !== 200) throw new Error(`the admin API answered ${response.statusCode}: ${body}`)
  const releases = JSON.parse(body).result.data
  console.log(releases.find(({ running }) => running)?.name ?? 'none')
}).on('timeout', () => {
  throw new Error('the admin API does not answer')
})
