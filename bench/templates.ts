/**
 * Where each template of the roles ends up with the roles' defaults; one that is looped over, by the loop's item. Those
 * that the defaults do not come to (swap, certificates of an authority …) are left out.
 */
export const TEMPLATES: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  'base/unattended-upgrades.conf': '/etc/apt/apt.conf.d/60rehearsal-unattended-upgrades',
  'base/sshd.conf': '/etc/ssh/sshd_config.d/00-rehearsal.conf',
  'base/journald.conf': '/etc/systemd/journald.conf.d/60-rehearsal.conf',
  'app/environment': '/etc/coderco-app/environment',
  'app/socket': '/etc/systemd/system/coderco-app.socket',
  'app/service': '/etc/systemd/system/coderco-app.service',
  'firewall/jails': '/etc/fail2ban/jail.d/rehearsal.local',
  'nginx/unit.conf': '/etc/systemd/system/nginx.service.d/rehearsal.conf',
  'nginx/nginx.conf': '/etc/nginx/nginx.conf',
  'nginx/site.conf': '/etc/nginx/sites-available/coderco-app',
  'logrotate/logs': { 'coderco-app': '/etc/logrotate.d/coderco-app', nginx: '/etc/logrotate.d/nginx' },
  'monitoring/node-exporter.default': '/etc/default/prometheus-node-exporter',
  'monitoring/alertmanager.default': '/etc/default/prometheus-alertmanager',
  'monitoring/alertmanager.yml': '/etc/prometheus/alertmanager.yml',
  'monitoring/prometheus.default': '/etc/default/prometheus',
  'monitoring/rules.yml': '/etc/prometheus/rules/coderco-app.yml',
  'monitoring/prometheus.yml': '/etc/prometheus/prometheus.yml',
}

/** All the files that the templates make. */
export const TEMPLATED: readonly string[] = Object.values(TEMPLATES).flatMap((place) =>
  typeof place === 'string' ? [place] : Object.values(place),
)
