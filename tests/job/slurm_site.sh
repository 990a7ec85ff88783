#!/usr/bin/env bash
# A Slurm of one machine for the tests: slurm_site.sh start FOLDER | stop FOLDER. Needs root and the
# Debian packages slurmctld, slurmd, slurm-client, munge; exits with 77 where it cannot be. The
# daemons keep all they have below FOLDER, at ports that are free; FOLDER/etc/slurm.conf is what
# SLURM_CONF must name.
set -eu
verb=$1
root=$2
export PATH=/usr/sbin:/sbin:$PATH
skip() {
    echo "skipped: $*" >&2
    exit 77
}

stop() {
    local file pid
    for file in "$root"/run/slurmd-n1.pid "$root"/run/ctld.pid "$root"/munge/pid; do
        [ -s "$file" ] || continue
        pid=$(cat "$file")
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
    done
}

if [ "$verb" = stop ]; then
    SLURM_CONF=$root/etc/slurm.conf timeout 10 scancel --state=RUNNING >/dev/null 2>&1 || true
    stop
    exit 0
fi

[ "$(id -u)" -eq 0 ] || skip "a Slurm of our own needs root"
for program in slurmctld slurmd munged sbatch scontrol squeue scancel setpriv; do
    command -v "$program" >/dev/null || skip "there is no $program; install slurmctld slurmd slurm-client munge"
done
id munge >/dev/null 2>&1 || skip "there is no user munge"

host=$(hostname -s)
port=$((20000 + $$ % 10000 * 2))
# munged wants folders above its socket that only root may write, or with the sticky bit.
chmod 755 "$root"
install -d -m755 "$root"/{etc,state,log,run,spool} "$root/spool/n1"
install -d -o munge -g munge -m700 "$root/munge"
install -d -o munge -g munge -m755 "$root/socket"
head -c1024 /dev/urandom >"$root/munge/key"
chown munge: "$root/munge/key"
chmod 400 "$root/munge/key"
setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$root/munge/key" \
    --socket="$root/socket/s" --pid-file="$root/munge/pid" --log-file="$root/munge/log" \
    --seed-file="$root/munge/seed" || skip "munged does not start here: $(tail -n1 "$root/munge/log" 2>/dev/null)"

# Requeued jobs wait until a credential has expired: 120 s, unless it is short.
cat >"$root/etc/slurm.conf" <<EOF
ClusterName=powertrain
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$root/socket/s,cred_expire=5
SlurmctldPort=$port
StateSaveLocation=$root/state
SlurmdSpoolDir=$root/spool/%n
SlurmctldPidFile=$root/run/ctld.pid
SlurmdPidFile=$root/run/slurmd-%n.pid
SlurmctldLogFile=$root/log/ctld.log
SlurmdLogFile=$root/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
MpiDefault=none
ReturnToService=2
KillWait=2
Licenses=watt:400
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=1 RealMemory=100 State=UNKNOWN
PartitionName=batch Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$root/etc/slurm.conf
# Not waited for by who waits for this script's output.
slurmctld >/dev/null 2>&1 </dev/null
slurmd -N n1 >/dev/null 2>&1 </dev/null
for _ in $(seq 300); do
    [ "$(timeout 10 sinfo -h -t idle -o %D 2>/dev/null)" != 1 ] || exit 0
    sleep 0.2
done
tail -n 5 "$root/log/ctld.log" "$root/log/slurmd-n1.log" >&2 || true
stop
skip "slurmctld or slurmd does not come up here"
