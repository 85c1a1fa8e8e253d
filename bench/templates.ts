/** Where each template of the roles ends up with the roles' defaults; one that is looped over, by the loop's item. */
export const TEMPLATES: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  'base/unattended-upgrades.conf': '/etc/apt/apt.conf.d/60rehearsal-unattended-upgrades',
  'base/sshd.conf': '/etc/ssh/sshd_config.d/00-rehearsal.conf',
  'base/journald.conf': '/etc/systemd/journald.conf.d/60-rehearsal.conf',
  'app/environment': '/etc/coderco-app/environment',
  'app/service': '/etc/systemd/system/coderco-app.service',
  'nginx/nginx.conf': '/etc/nginx/nginx.conf',
  'nginx/site.conf': '/etc/nginx/sites-available/coderco-app',
  'logrotate/logs': { 'coderco-app': '/etc/logrotate.d/coderco-app', nginx: '/etc/logrotate.d/nginx' },
  'monitoring/node-exporter.default': '/etc/default/prometheus-node-exporter',
  'monitoring/prometheus.default': '/etc/default/prometheus',
  'monitoring/rules.yml': '/etc/prometheus/rules/coderco-app.yml',
  'monitoring/prometheus.yml': '/etc/prometheus/prometheus.yml',
}

/** All the files that the templates make. */
export const TEMPLATED: readonly string[] = Object.values(TEMPLATES).flatMap((place) =>
  typeof place === 'string' ? [place] : Object.values(place),
)
