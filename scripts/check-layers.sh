#!/usr/bin/env bash
# A room includes only rooms above it in the list of CMakeLists.txt. Prints every include that does
# not, and fails.
set -eu
cd "$(dirname "$0")/.."

rooms=$(tr '\n' ' ' <CMakeLists.txt | sed -E 's/.*set\(PT_ROOMS ([a-z ]+) CACHE.*/\1/')
order=" "
bad=0
checked=0
for room in $rooms; do
    order="$order$room "
    for file in src/"$room"/*.[ch]; do
        [ -e "$file" ] || continue
        checked=$((checked + 1))
        while IFS=: read -r line include; do
            other=${include%%/*}
            case "$order" in
            *" $other "*) ;;
            *)
                echo "$file:$line: room $room must not include $include" >&2
                bad=$((bad + 1))
                ;;
            esac
        done < <(sed -nE 's|^[[:space:]]*#[[:space:]]*include "([a-z_]+/[^"]+)".*|\1|;T;=;p' "$file" |
            paste -d: - -)
    done
done
# A folder that is no room would escape the check.
for folder in src/*/; do
    room=$(basename "$folder")
    case " $rooms " in *" $room "*) ;; *) echo "src/$room is not a room" >&2 && bad=$((bad + 1)) ;; esac
done
echo "check-layers: $checked files, $bad wrong includes"
[ "$checked" -gt 0 ] && [ "$bad" -eq 0 ]
