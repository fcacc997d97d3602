#!/bin/sh
# embed.sh FOLDER OUTPUT: writes the migrations of FOLDER into the Swift source OUTPUT, unless it says so already.
set -eu

folder=$1
output=$2
mkdir -p "$(dirname "$output")"
{
    echo 'extension Migration {'
    echo '    /// The migrations of `migrations/`, in order, carried inside the program: on another machine there is no checkout.'
    echo '    package static let embedded: [Migration] = ['
    for file in "$folder"/V*.sql; do
        base=${file##*/}
        number=${base%%__*}
        name=${base#*__}
        printf '        Migration(version: %s, name: "%s", sql: ####"""\n' "${number#V}" "${name%.sql}"
        cat "$file"
        printf '\n"""####),\n'
    done
    echo '    ]'
    echo '}'
} >"$output.new"
if cmp -s "$output.new" "$output"; then
    rm "$output.new"
else
    mv "$output.new" "$output"
fi
