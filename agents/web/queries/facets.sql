-- What the filters can be set to.
SELECT
    arraySort(groupUniqArray(kind)) AS kinds,
    arraySort(groupUniqArray(phase)) AS phases,
    arraySort(arrayFilter(c -> c != '', groupUniqArrayArray(arrayConcat(actor_countries, target_countries)))) AS countries,
    min(event_date) AS first_date,
    max(event_date) AS last_date
FROM current_events
