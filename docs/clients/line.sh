#!/bin/sh
# A complete client for the line door: sh line.sh 127.0.0.1 6670 ann
# Says each line that is typed, shows what comes with the time of day, rings the bell for a private
# message, and leaves at the end of the input.
host=${1:-127.0.0.1} port=${2:-6670} name=${3:-guest}
return=$(printf '\r')

speak() {
    echo "/nick $name"
    while IFS= read -r line; do
        printf '%s\n' "$line"
    done
    echo /quit
}

show() {
    while IFS= read -r line; do
        line=${line%"$return"}
        case $line in
            '*'[!\ ]*) printf '%s \a%s\n' "$(date +%H:%M)" "$line" ;;
            *) printf '%s %s\n' "$(date +%H:%M)" "$line" ;;
        esac
    done
}

speak | nc "$host" "$port" | show
