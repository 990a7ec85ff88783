#!/bin/sh
# A stand-in for systemctl and systemd-run, by the name it is called by: one unit, in files of
# $STAND_IN. Answers follow systemd 252; nothing is run.
d=$STAND_IN
me=${0##*/}
echo "$me $*" >>"$d/log"
if [ -s "$d/fail.$me" ]; then
    cat "$d/fail.$me" >&2
    exit 1
fi
if [ "$me" = systemd-run ]; then
    printf '%s\n' "$@" >"$d/started"
    printf 'LoadState=loaded\nActiveState=active\nSubState=running\nFreezerState=running\nExecMainPID=7\n' >"$d/unit"
    exit 0
fi
case $2 in
show) if [ -s "$d/unit" ]; then cat "$d/unit"; else printf 'LoadState=not-found\nActiveState=inactive\nSubState=dead\n'; fi ;;
stop) rm -f "$d/unit" ;;
freeze) sed -i s/FreezerState=.*/FreezerState=frozen/ "$d/unit" ;;
thaw) sed -i s/FreezerState=.*/FreezerState=running/ "$d/unit" ;;
set-property)
    case $* in *AllowedCPUs*)
        echo "Failed to set unit properties: Access denied" >&2
        exit 1
        ;;
    esac
    ;;
esac
exit 0
