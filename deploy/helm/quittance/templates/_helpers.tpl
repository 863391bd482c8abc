{{- define "quittance.name" -}}
{{- printf "%s" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "quittance.labels" -}}
app.kubernetes.io/name: quittance
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "quittance.secret" -}}
{{- .Values.existingSecret | default (include "quittance.name" .) -}}
{{- end -}}

{{/* A pod that serves or works; expects root, command, jobs, part and resources. */}}
{{- define "quittance.pod" -}}
metadata:
  labels:
    {{- include "quittance.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .part }}
  annotations:
    # New values start new pods.
    checksum/settings: {{ toJson (list .root.Values.settings .root.Values.databaseUrl .root.Values.secretsKey) | sha256sum }}
spec:
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  automountServiceAccountToken: false
  # A stop waits until what is in hand is done or put back, at most 15 seconds.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: {{ .part }}
      image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [{{ .command }}]
      env:
        - { name: HOST, value: 0.0.0.0 }
        - { name: PORT, value: '3000' }
        - { name: DATA_DIR, value: /data }
        - { name: JOBS, value: {{ .jobs | quote }} }
        {{- range $name, $value := .root.Values.settings }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      envFrom:
        - secretRef: { name: {{ include "quittance.secret" .root }} }
      {{- if eq .part "server" }}
      ports:
        - { name: http, containerPort: 3000 }
      # The first start migrates the database.
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 2
        failureThreshold: 150
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 5
        timeoutSeconds: 5
      {{- end }}
      resources: {{ toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: data, mountPath: /data }
        - { name: tmp, mountPath: /tmp }
  volumes:
    - name: data
      {{- if .root.Values.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ .root.Values.persistence.existingClaim | default (include "quittance.name" .root) }}
      {{- else }}
      emptyDir: {}
      {{- end }}
    - name: tmp
      emptyDir: {}
{{- end -}}
