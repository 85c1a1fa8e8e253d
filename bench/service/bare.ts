import cluster from 'node:cluster'
import { createServer } from 'node:http'

// The least that can stand behind nginx: as many workers as the service has, and an answer as long as that of /health.
//   node bench/service/bare.ts PORT WORKERS

const [port, workers] = process.argv.slice(2).map(Number) as [number, number]
const body = JSON.stringify({
  status: 'healthy',
  timestamp: new Date().toISOString(),
  uptime_seconds: 1,
  version: '0.0.0',
  build: '000000000000',
})

if (cluster.isPrimary) for (let count = 0; count < workers; count += 1) cluster.fork()
else {
  createServer({ keepAliveTimeout: 75_000 }, (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body)
  }).listen(port, '127.0.0.1')
}
