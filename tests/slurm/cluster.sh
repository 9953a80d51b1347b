#!/bin/bash
# A real Slurm of some nodes on this machine alone, for tests: no system service, no other account, loopback only.
#   cluster.sh up FOLDER NODES      starts it; then SLURM_CONF=FOLDER/slurm.conf. Exit 77: there is no Slurm here
#   cluster.sh stop FOLDER NODE     kills the daemon of one node, as a crash does; its jobs go on
#   cluster.sh start FOLDER NODE    starts it again
#   cluster.sh down FOLDER          ends everything that up and start began, by process id
# Nodes are node1, node2 …: odd ones have a GRES gpu:big:2, even ones npu:ascend:2, and partitions of these names; the
# partition all has every node.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
what=$1 folder=$2
export SLURM_CONF=$folder/slurm.conf

alive() { [ -r "/proc/$1/stat" ] && [ "$(sed 's/.*) //' "/proc/$1/stat" | cut -c1)" != Z ]; }

# Processes of ours whose pid file says so; the file of a dead one is removed.
end_process() {
  local file=$1 signal=$2 pid
  [ -s "$file" ] || return 0
  pid=$(<"$file")
  rm -f "$file"
  alive "$pid" || return 0
  kill -s "$signal" "$pid" 2>/dev/null || return 0
  for _ in {1..50}; do
    alive "$pid" || return 0
    sleep 0.1
  done
  kill -s KILL "$pid" 2>/dev/null || true
}

start_node() {
  slurmd -N "$1" -f "$SLURM_CONF"
}

idle_nodes() { sinfo --noheader --Node --states=idle --partition=all --format=%N 2>/dev/null | wc -l; }

up() {
  local nodes=$1 host port i
  for program in slurmctld slurmd sbatch scontrol sinfo; do
    command -v $program >/dev/null || { echo "no $program here: apt-get install slurmctld slurmd slurm-client" >&2; exit 77; }
  done
  host=$(hostname -s)
  # Daemons listen at the address of this name, and nobody else shall reach them.
  getent hosts "$host" | grep -q '^127\.' || { echo "$host is not a loopback name: 127.0.1.1 $host in /etc/hosts" >&2; exit 77; }
  mkdir -p "$folder"/{state,spool,log}
  port=$((20000 + RANDOM % 20 * 500))
  cat >"$SLURM_CONF" <<CONF
ClusterName=chipfit-test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/log/ended.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
ReturnToService=2
SlurmdTimeout=60
KillWait=5
MinJobAge=600
GresTypes=gpu,npu
MaxArraySize=1001
CONF
  : >"$folder/gres.conf"
  local all=() big=() ascend=()
  for ((i = 1; i <= nodes; i++)); do
    local gres=gpu:big:2
    if ((i % 2)); then
      big+=("node$i")
      echo "NodeName=node$i Name=gpu Type=big Count=2 File=/dev/zero,/dev/null" >>"$folder/gres.conf"
    else
      gres=npu:ascend:2
      ascend+=("node$i")
      echo "NodeName=node$i Name=npu Type=ascend Count=2 File=/dev/full,/dev/random" >>"$folder/gres.conf"
    fi
    all+=("node$i")
    echo "NodeName=node$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=1 RealMemory=512 Gres=$gres" >>"$SLURM_CONF"
  done
  local IFS=,
  {
    echo "PartitionName=all Nodes=${all[*]} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO"
    echo "PartitionName=big Nodes=${big[*]} MaxTime=INFINITE State=UP OverSubscribe=NO"
    echo "PartitionName=ascend Nodes=${ascend[*]} MaxTime=INFINITE State=UP OverSubscribe=NO"
  } >>"$SLURM_CONF"
  unset IFS
  slurmctld -i -f "$SLURM_CONF"
  for ((i = 1; i <= nodes; i++)); do start_node "node$i"; done
  for _ in {1..150}; do
    [ "$(idle_nodes)" = "$nodes" ] && return 0
    sleep 0.2
  done
  echo "the nodes did not all become idle" >&2
  tail -n 5 "$folder"/log/*.log >&2
  return 1
}

down() {
  local file
  scancel --state=PENDING,RUNNING --user="$(id -un)" 2>/dev/null || true
  for file in "$folder"/slurmd-*.pid "$folder/slurmctld.pid"; do end_process "$file" TERM; done
}

case $what in
  up) trap '[ $? = 0 ] || down' EXIT; up "$3" ;;
  stop) end_process "$folder/slurmd-$3.pid" KILL ;;
  start) start_node "$3" ;;
  down) down ;;
  *) echo "up, stop, start or down" >&2; exit 2 ;;
esac
