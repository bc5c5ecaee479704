/**
 * What a guest finds beside its user data when it boots with cloud-init: where things lie and what runs is what heat-cfntools and
 * os-collect-config expect. The scripts are short and use nothing but what every guest has.
 */

/** `#cloud-config`: what boot commands print is kept, too. */
export const CLOUD_CONFIG = `#cloud-config
# What the boot prints is kept in a file and still shown on the console.
output: {all: '| tee -a /var/log/cloud-init-output.log'}
`;

/** Runs early on every boot; a failure here would stop the boot's other parts. */
export const BOOT_HOOK = `#!/bin/sh
# heat-cfntools from a package may lack the links under /opt/aws/bin that templates call.
if command -v cfn-create-aws-symlinks >/dev/null 2>&1; then
  cfn-create-aws-symlinks || echo 'the links under /opt/aws/bin could not be made'
fi
exit 0
`;

/** Keeps the parts of type \`text/x-cfninitdata\` as files; cloud-init loads it as a module. */
export const PART_HANDLER = `#part-handler
"""Keeps the parts that are meant for the tools in the guest as files."""
import os
import time

FOLDERS = ('/var/lib/heat-cfntools', '/var/lib/cloud/data')
LOG = '/var/log/part-handler.log'


def list_types():
    return ['text/x-cfninitdata']


def keep(folder, filename, payload):
    path = os.path.join(folder, os.path.basename(filename))
    mode = 'wb' if isinstance(payload, bytes) else 'w'
    with open(path, mode) as kept:
        kept.write(payload)


def handle_part(data, ctype, filename, payload):
    if ctype == '__begin__':
        for folder in FOLDERS:
            if not os.path.isdir(folder):
                os.makedirs(folder, 0o700)
    elif ctype in list_types():
        with open(LOG, 'a') as log:
            log.write('%s %s %s\\n' % (time.strftime('%Y-%m-%dT%H:%M:%S'), ctype, filename))
        for folder in FOLDERS:
            keep(folder, filename, payload)
`;

/** Runs the user data, keeps what they print, and says when they are done. Data that are no program are no failure. */
export const RUN_USER_DATA = `#!/bin/sh
folder=/var/lib/heat-cfntools
script=$folder/cfn-userdata
log=/var/log/heat-provision.log

touch "$log" && chmod 600 "$log"
say() { echo "$(date '+%Y-%m-%d %H:%M:%S') $*" | tee -a "$log"; }

[ -f "$script" ] || { say 'there are no user data'; exit 0; }
chmod 700 "$script"
say 'provisioning begins'
case $(head -c 4 "$script" | tr -d '\\000') in
  '#!'*|?ELF*)
    code_file=$(mktemp)
    { "$script"; echo $? >"$code_file"; } 2>&1 | tee -a "$log"
    code=$(cat "$code_file")
    rm -f "$code_file"
    ;;
  *)
    say 'the user data are empty or no program; nothing to run'
    code=0
    ;;
esac
say 'provisioning ends'
if [ "$code" != 0 ]; then
  say "provisioning failed with exit code $code"
  exit "$code"
fi
touch "$folder/provision-finished"
`;
