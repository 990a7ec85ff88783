#!/bin/sh
# A stand-in for sbatch, scontrol, scancel, squeue and sacct, by the name it is called by: one job,
# in files of $STAND_IN. What is answered follows slurm 22.05.8; nothing is run. A file fail.PROGRAM
# is what that program complains of, hang.PROGRAM makes it hang.
d=$STAND_IN
me=${0##*/}
echo "$me $*" >>"$d/log"
[ ! -e "$d/hang.$me" ] || exec sleep 600
if [ -s "$d/fail.$me" ]; then
    cat "$d/fail.$me" >&2
    exit 1
fi
state() { cat "$d/state" 2>/dev/null; }
known() {
    [ -s "$d/state" ] && return
    echo "slurm_load_jobs error: Invalid job id specified" >&2
    exit 1
}
case $me in
sbatch)
    for word in "$@"; do
        case $word in --comment=*) echo "${word#--comment=}" >"$d/comment" ;; esac
    done
    printf '%s\n' "$@" >"$d/submitted"
    echo PENDING >"$d/state"
    echo 0 >"$d/restarts"
    [ -s "$d/answer" ] && cat "$d/answer" && exit
    echo 41
    ;;
scontrol)
    case $1 in
    show)
        [ "$2" != licenses ] || exit 0
        known
        echo "JobId=41 JobName=test UserId=u(1) Priority=$([ -e "$d/held" ] && echo 0 || echo 9)" \
            "JobState=$(state) Reason=$(cat "$d/reason" 2>/dev/null || echo None) Requeue=1" \
            "Restarts=$(cat "$d/restarts") ExitCode=$(cat "$d/exit" 2>/dev/null || echo 0:0)" \
            "RunTime=$(cat "$d/time" 2>/dev/null || echo 00:00:00) Comment=$(cat "$d/comment")"
        ;;
    hold) touch "$d/held" ;;
    release) rm -f "$d/held" ;;
    suspend) echo SUSPENDED >"$d/state" ;;
    resume) echo RUNNING >"$d/state" ;;
    requeuehold)
        touch "$d/held"
        echo PENDING >"$d/state"
        echo $(($(cat "$d/restarts") + 1)) >"$d/restarts"
        ;;
    esac
    ;;
scancel)
    case " $* " in
    *=19\ *) echo STOPPED >"$d/state" ;;
    *=18\ *) echo RUNNING >"$d/state" ;;
    *signal*) ;;
    *) echo CANCELLED >"$d/state" ;;
    esac
    ;;
squeue) [ ! -s "$d/state" ] || echo "41 $(cat "$d/comment")" ;;
sacct) cat "$d/accounting" 2>/dev/null || exit 1 ;;
esac
exit 0
