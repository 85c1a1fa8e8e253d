import { assets } from './assets.ts'
import { escapeHtml } from './escapeHtml.ts'

export interface ErrorPage {
  status: number
  title: string
  message: string
  requestId: string
}

/** An error as a page of its own. */
export function errorPage({ status, title, message, requestId }: ErrorPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${status} ${escapeHtml(title)}</title>
<link rel="icon" href="${assets.icon.path}">
<link rel="stylesheet" href="${assets.style.path}">
</head>
<body class="error">
<main>
<p class="code" aria-hidden="true">${status}</p>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(message)}</p>
<p><a href="/">To the status page</a></p>
<p class="quiet">Request <code>${escapeHtml(requestId)}</code></p>
</main>
</body>
</html>
`
}
